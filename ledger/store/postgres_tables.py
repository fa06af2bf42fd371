"""The tables of a ledger on PostgreSQL (11 or newer), triggers that let it only grow, who may do what.

The same tables as in a file (`ledger.store.tables`), in a schema of their own. They belong to a role with
which nobody works. Who writes has `<schema>_writer`: add entries and openings, move the head, erase openings,
keep the facts; so a workstation cannot change what was recorded, and the triggers hold for the owner too.
A row must be the next entry: its own bytes must name the leaf hash of the one before, and be its leaf.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.store.chain import Edge

VERSION: Final = 1
MARK: Final = "liuhen ledger"
"""Comment of the table `head`, followed by the version of the tables."""

TABLES: Final = {
    "events": """CREATE TABLE {schema}.events (
  seq BIGINT PRIMARY KEY CHECK (seq >= 0),
  stream TEXT COLLATE "C" NOT NULL,
  ver BIGINT NOT NULL CHECK (ver >= 1),
  type TEXT COLLATE "C" NOT NULL,
  id BYTEA NOT NULL UNIQUE CHECK (octet_length(id) = 16),
  leaf BYTEA NOT NULL UNIQUE CHECK (octet_length(leaf) = 32),
  entry BYTEA NOT NULL CHECK (octet_length(entry) BETWEEN 1 AND 65535),
  UNIQUE (stream, ver)
)""",
    "head": """CREATE TABLE {schema}.head (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  origin TEXT NOT NULL,
  size BIGINT NOT NULL CHECK (size >= 0),
  leaf BYTEA NOT NULL CHECK (octet_length(leaf) = 32),
  root BYTEA NOT NULL CHECK (octet_length(root) = 32),
  time TEXT NOT NULL,
  frontier BYTEA NOT NULL CHECK (octet_length(frontier) % 32 = 0)
)""",
    "openings": """CREATE TABLE {schema}.openings (
  commitment BYTEA PRIMARY KEY CHECK (octet_length(commitment) = 32),
  salt BYTEA NOT NULL CHECK (octet_length(salt) = 16),
  value BYTEA NOT NULL
)""",
}
COLUMNS: Final = {
    "events": "seq bigint, stream text, ver bigint, type text, id bytea, leaf bytea, entry bytea",
    "head": "one bigint, origin text, size bigint, leaf bytea, root bytea, time text, frontier bytea",
    "openings": "commitment bytea, salt bytea, value bytea",
}
KEYS: Final = {
    "events": ("PRIMARY KEY (seq)", "UNIQUE (id)", "UNIQUE (leaf)", "UNIQUE (stream, ver)"),
    "head": ("PRIMARY KEY (one)",),
    "openings": ("PRIMARY KEY (commitment)",),
}
CHECKS: Final = {"events": 5, "head": 5, "openings": 2}

FACTS: Final = (
    'CREATE TABLE {place} (kind TEXT COLLATE "C" NOT NULL, key TEXT COLLATE "C" NOT NULL, '
    "value BYTEA NOT NULL, sum BIGINT NOT NULL, PRIMARY KEY (kind, key))"
)
"""The table of `ledger.views`."""

FUNCTIONS: Final = {
    "packed_int": (
        "(n BIGINT) RETURNS BYTEA LANGUAGE plpgsql IMMUTABLE",
        """
BEGIN
  RETURN CASE
    WHEN n < 128 THEN decode(lpad(to_hex(n), 2, '0'), 'hex')
    WHEN n < 256 THEN decode('cc' || lpad(to_hex(n), 2, '0'), 'hex')
    WHEN n < 65536 THEN decode('cd' || lpad(to_hex(n), 4, '0'), 'hex')
    WHEN n < 4294967296 THEN decode('ce' || lpad(to_hex(n), 8, '0'), 'hex')
    ELSE decode('cf' || lpad(to_hex(n), 16, '0'), 'hex')
  END;
END""",
    ),
    "packed_text": (
        "(t TEXT) RETURNS BYTEA LANGUAGE plpgsql IMMUTABLE",
        """
DECLARE
  n INT := octet_length(t);
BEGIN
  RETURN CASE WHEN n < 32 THEN decode(to_hex(160 + n), 'hex') ELSE decode('d9' || lpad(to_hex(n), 2, '0'), 'hex') END
    || convert_to(t, 'UTF8');
END""",  # noqa: E501
    ),
    "only_follow": (
        "() RETURNS TRIGGER LANGUAGE plpgsql SET search_path = pg_catalog",
        """
DECLARE
  last_seq BIGINT;
  last_leaf BYTEA;
  lead BYTEA;
  tail BYTEA;
  stop INT;
BEGIN
  SELECT e.seq, e.leaf INTO last_seq, last_leaf FROM {schema}.events e ORDER BY e.seq DESC LIMIT 1;
  IF NOT FOUND THEN
    last_seq := -1;
    last_leaf := decode(repeat('00', 32), 'hex');
  END IF;
  IF NEW.seq IS DISTINCT FROM last_seq + 1
    OR NEW.ver IS DISTINCT FROM (SELECT coalesce(max(e.ver), 0) + 1 FROM {schema}.events e WHERE e.stream = NEW.stream)
  THEN
    RAISE EXCEPTION 'entries are only added at the end, once' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  -- The last keys of a body, in the order of their bytes: prev, seq, stream, time (25 characters), type, v, ver.
  lead := decode('a470726576c420', 'hex') || last_leaf || decode('a3736571', 'hex') || {schema}.packed_int(NEW.seq)
    || decode('a673747265616d', 'hex') || {schema}.packed_text(NEW.stream) || decode('a474696d65b9', 'hex');
  tail := decode('a474797065', 'hex') || {schema}.packed_text(NEW.type)
    || decode('a17601a3766572', 'hex') || {schema}.packed_int(NEW.ver) || decode('c440', 'hex');
  stop := octet_length(NEW.entry) - 64 - octet_length(tail);
  IF NEW.leaf IS DISTINCT FROM sha256(decode('00', 'hex') || NEW.entry)
    OR stop - 25 < octet_length(lead)
    OR substring(NEW.entry FROM stop + 1 FOR octet_length(tail)) IS DISTINCT FROM tail
    OR substring(NEW.entry FROM stop - 24 - octet_length(lead) FOR octet_length(lead)) IS DISTINCT FROM lead
  THEN
    RAISE EXCEPTION 'the entry does not follow the one before' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END""",  # noqa: E501
    ),
    "only_advance": (
        "() RETURNS TRIGGER LANGUAGE plpgsql SET search_path = pg_catalog",
        """
BEGIN
  IF NEW.one IS DISTINCT FROM 1 OR NEW.origin IS DISTINCT FROM OLD.origin OR NEW.size <= OLD.size
    OR NEW.leaf IS DISTINCT FROM (SELECT e.leaf FROM {schema}.events e WHERE e.seq = NEW.size - 1)
    OR EXISTS (SELECT 1 FROM {schema}.events e WHERE e.seq >= NEW.size)
  THEN
    RAISE EXCEPTION 'the head is the last entry' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END""",
    ),
    "only_one": (
        "() RETURNS TRIGGER LANGUAGE plpgsql SET search_path = pg_catalog",
        """
BEGIN
  IF EXISTS (SELECT 1 FROM {schema}.head) THEN
    RAISE EXCEPTION 'there is one head' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END""",
    ),
    "never": (
        "() RETURNS TRIGGER LANGUAGE plpgsql SET search_path = pg_catalog",
        """
BEGIN
  RAISE EXCEPTION '% of % is refused: what is recorded stays', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'integrity_constraint_violation';
END""",
    ),
}


@dataclass(frozen=True)
class Trigger:
    """`when` as in CREATE TRIGGER, `kind` as in `pg_trigger.tgtype`."""

    table: str
    name: str
    when: str
    function: str
    kind: int


_ROW, _BEFORE, _INSERT, _DELETE, _UPDATE, _TRUNCATE = 1, 2, 4, 8, 16, 32
TRIGGERS: Final = (
    Trigger("events", "events_only_follow", "BEFORE INSERT", "only_follow", _BEFORE | _INSERT | _ROW),
    Trigger(
        "events",
        "events_never_change",
        "BEFORE UPDATE OR DELETE OR TRUNCATE",
        "never",
        _BEFORE | _UPDATE | _DELETE | _TRUNCATE,
    ),
    Trigger("head", "head_is_one", "BEFORE INSERT", "only_one", _BEFORE | _INSERT | _ROW),
    Trigger("head", "head_only_advances", "BEFORE UPDATE", "only_advance", _BEFORE | _UPDATE | _ROW),
    Trigger(
        "head",
        "head_never_goes",
        "BEFORE DELETE OR TRUNCATE",
        "never",
        _BEFORE | _DELETE | _TRUNCATE,
    ),
    Trigger(
        "openings",
        "openings_never_change",
        "BEFORE UPDATE OR TRUNCATE",
        "never",
        _BEFORE | _UPDATE | _TRUNCATE,
    ),
)


def tables_sql(schema: str, origin: str) -> list[str]:
    """The statements that lay out an empty ledger of `origin` (both checked by form) in `schema`."""
    start = Edge(origin)
    told = [table.format(schema=schema) for table in TABLES.values()]
    for name, (head, body) in FUNCTIONS.items():
        told.append(f"CREATE FUNCTION {schema}.{name}{head} AS $body${body.format(schema=schema)}$body$")
    for one in TRIGGERS:
        each = "ROW" if one.kind & _ROW else "STATEMENT"
        told.append(
            f"CREATE TRIGGER {one.name} {one.when} ON {schema}.{one.table} "
            f"FOR EACH {each} EXECUTE FUNCTION {schema}.{one.function}()"
        )
    told.append(FACTS.format(place=f"{schema}.facts"))
    told.append(
        f"INSERT INTO {schema}.head (one, origin, size, leaf, root, time, frontier) "  # noqa: S608
        f"VALUES (1, '{origin}', 0, decode('{start.leaf.hex()}', 'hex'), "
        f"decode('{start.root.hex()}', 'hex'), '', decode('', 'hex'))"
    )
    told.append(f"COMMENT ON TABLE {schema}.head IS '{MARK} {VERSION}'")
    return told


def grants_sql(schema: str) -> list[str]:
    """What the roles `<schema>_writer` and `<schema>_reader` may do."""
    writer, reader = f"{schema}_writer", f"{schema}_reader"
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA {schema} FROM PUBLIC",
        f"GRANT USAGE ON SCHEMA {schema} TO {writer}, {reader}",
        f"GRANT SELECT ON {schema}.events, {schema}.head, {schema}.openings, {schema}.facts TO {writer}",
        f"GRANT SELECT ON {schema}.events, {schema}.head, {schema}.facts TO {reader}",
        f"GRANT INSERT ON {schema}.events TO {writer}",
        f"GRANT INSERT, DELETE ON {schema}.openings TO {writer}",
        f"GRANT UPDATE (size, leaf, root, time, frontier) ON {schema}.head TO {writer}",
        f"GRANT INSERT, UPDATE, DELETE ON {schema}.facts TO {writer}",
    ]


def script(schema: str, origin: str) -> str:
    """Everything that the administrator of the server runs once, with psql, in the ledger's database."""
    roles = "\n".join(f"CREATE ROLE {schema}_{name} NOLOGIN;" for name in ("owner", "writer", "reader"))
    made = ";\n".join([*tables_sql(schema, origin), *grants_sql(schema)])
    return (
        f"BEGIN;\n{roles}\nGRANT {schema}_owner TO CURRENT_USER;\n"
        f"CREATE SCHEMA {schema} AUTHORIZATION {schema}_owner;\nSET ROLE {schema}_owner;\n{made};\n"
        "RESET ROLE;\nCOMMIT;\n"
    )
