"""Forgeries of lists and imports."""

from __future__ import annotations

from tests.forgery import Forged, Stories, forgery, import_rows
from tests.office import made_up_code, subject

CLERK = "clerk"


@forgery("import.whole", CLERK, "slips another event between the chunks of an import and its close")
def torn_import(stories: Stories) -> Forged:
    story = stories.year()
    forger, clerk = story.whole(), story.office.clerk
    data = {"import": "torn", "index": 0, "register": "subjects", "rows": [list(subject(90))]}
    forger.append(clerk, "import.chunk", data, "import/torn")
    forger.append(clerk, "attached", {"name": "照片", "file": bytes(32), "size": 1})
    return forger.forged()


@forgery("import.whole", CLERK, "leaves an import without its close at the end")
def open_import(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"import": "open", "index": 0, "register": "subjects", "rows": [list(subject(90))]}
    forger.append(story.office.clerk, "import.chunk", data, "import/open")
    return forger.forged()


@forgery("import.root", CLERK, "closes an import with the root of other rows")
def false_root(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    import_rows(forger, story.office.clerk, "subjects", [list(subject(90))], root=bytes(32))
    return forger.forged()


@forgery("import.diff", CLERK, "calls a new subject a changed one")
def false_counts(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    import_rows(forger, story.office.clerk, "subjects", [list(subject(90))], added=0, changed=1)
    return forger.forged()


@forgery("import.diff", CLERK, "closes an import of nothing, to be seen to have looked")
def empty_import(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    import_rows(forger, story.office.clerk, "subjects", [])
    return forger.forged()


@forgery("entry.schema", CLERK, "closes an import with a field of the own making")
def malformed_close(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    import_rows(forger, story.office.clerk, "subjects", [list(subject(90))], remark="急")
    return forger.forged()


@forgery("import.reviewer", CLERK, "names a reviewer who is nobody")
def nobody_reviewed(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    import_rows(forger, story.office.clerk, "subjects", [list(subject(90))], reviewer="nobody")
    return forger.forged()


@forgery("list.ids", CLERK, "enters an enterprise twice, once in lower case")
def twin_of_a_row(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    row = [made_up_code(1).lower(), subject(1)[1]]
    import_rows(forger, story.office.clerk, "subjects", [row])
    return forger.forged()


@forgery("list.ids", CLERK, "enters both spellings in one import")
def twins_of_one_import(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    name, record = subject(90)
    import_rows(forger, story.office.clerk, "subjects", [[name, record], [name.lower(), record]])
    return forger.forged()


@forgery("list.known", CLERK, "declares a conflict for an officer who is in no list")
def unknown_officer(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    pair = {"officer": "off-77", "subject": made_up_code(1)}
    forger.append(story.office.clerk, "conflict.declared", pair, "conflicts")
    return forger.forged()


@forgery("list.period", CLERK, "records an absence that ends before it begins")
def absence_backwards(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"officer": "off-01", "from": "2026-05-02", "until": "2026-05-01", "reason": "leave"}
    forger.append(story.office.clerk, "officer.absent", data, "officers")
    return forger.forged()


@forgery("calendar.days", CLERK, "adopts a calendar with a day that does not exist")
def impossible_day(stories: Stories) -> Forged:
    story = stories.year()
    forger = story.whole()
    data = {"year": 2027, "notice": "通知", "off": ["02-30"], "work": []}
    forger.append(story.office.clerk, "calendar.adopted", data)
    return forger.forged()
