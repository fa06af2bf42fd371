"""The frozen pool of a draw as one Parquet file, for engines and hands elsewhere (specs/draw.md §8)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from secrets import token_hex

from ledger import replacing
from ledger.durable import disk_error, name_new
from ledger.engines.duckdb import connected
from verifier.facts import Data

PoolRow = tuple[str, str, str]
"""Stratum, subject, name."""

COLUMNS = (("stratum", "VARCHAR"), ("k", "BIGINT"), ("subject", "VARCHAR"), ("name", "VARCHAR"))
"""Column and DuckDB type; Parquet STRING and INT64. `k`: how many are drawn of the row's stratum."""
_WRITE = """
COPY (SELECT stratum, k, subject, coalesce(name, '') AS name
      FROM read_csv($rows, header = false, columns = $columns, auto_detect = false,
                    delim = '\t', quote = '', escape = ''))
TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""


def write_parquet(path: Path, strata: Sequence[Data], pool: Sequence[PoolRow], *, force: bool = False) -> int:
    """Write the frozen pool to the file `path`, in its order; gives the number of rows.

    A file that is there is replaced with `force` only, else FileExistsError; E-EXPORT-TARGET for a ledger,
    key or bundle all the same. Texts of the ledger hold no tab
    and no line break (design §3), so rows need no quoting on their way. Raises E-ENGINE-MISSING without
    DuckDB, E-STORE-DISK.
    """
    replacing.check(path)
    sizes = {one["id"]: one["k"] for one in strata}
    draft = path.absolute().with_name(f".{token_hex(8)}.tmp")
    try:
        with connected() as connection, tempfile.TemporaryDirectory() as folder:
            rows = Path(folder) / "rows"
            _write_rows(rows, ((s, sizes[s], subject, name) for s, subject, name in pool))
            # COPY takes no parameter for its file; a quote inside the name of a folder is doubled.
            query = _WRITE.format(path=str(draft).replace("'", "''"))
            connection.execute(query, {"rows": str(rows), "columns": dict(COLUMNS)})
        if force:
            draft.replace(path.absolute())
        else:
            name_new(draft, path.absolute())
    except FileExistsError:
        raise
    except OSError as error:
        raise disk_error(path, error) from error
    finally:
        draft.unlink(missing_ok=True)
    return len(pool)


def _write_rows(path: Path, rows: Iterable[tuple[str, int, str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(f"{stratum}\t{k}\t{subject}\t{name}\n" for stratum, k, subject, name in rows)
