"""An exported list comes back: edited in a spreadsheet, exactly the edit changes; untouched, nothing."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from ledger import exporting
from ledger.exporting import CELLS, percent, plan_cells, plan_register, workbook
from ledger.importing import plans, records
from ledger.importing.registers import ITEMS, OFFICERS, PLAN, SUBJECTS, Register
from tests.ledger.sheets import TODAY, code, subject, write_xlsx
from verifier.codec import Value

OFFICE = shutil.which("soffice")
SUBJECT_HEADER = (
    *("企业名称", "统一社会信用代码", "注册号", "住所", "所属区域", "主体类型", "成立日期", "行业标签"),
    *("信用风险等级", "风险等级来源", "风险评定日期", "登记状态"),
)


def _subjects() -> list[list[object]]:
    def row(n: int, **changed: object) -> list[object]:
        good = dict(zip(("名", "码", "住", "类", "日", "签", "险", "态"), subject(n), strict=True))
        good |= changed
        more = {"册": good.get("册", ""), "区": good.get("区", "城关镇")}
        head = [good["名"], good["码"], more["册"], good["住"], more["区"], good["类"], good["日"]]
        return [*head, good["签"], good["险"], "市场监管局", "2023-03-31", good["态"]]

    return [
        list(SUBJECT_HEADER),
        row(1),
        row(2, 险="高风险", 态="注销"),
        row(3, 册="640221200099998", 签="粮食经营；油气"),
        row(4, 码=" " + code(4).lower()),
        row(5, 码="", 名="示范牌大米", 类="产品", 住=""),
        row(6, 码="", 名="示范粮库扩建", 类="项目", 住="", 区="姚伏镇"),
    ]


OFFICERS_ROWS: list[list[object]] = [
    [
        *(
            "人员编号",
            "姓名",
            "部门代码",
            "资质代码",
            "部门执法证号",
            "有效期起",
            "有效期止",
            "省政府执法证号",
        ),
        *("省政府执法证有效期止", "执法种类", "业务专长", "职务", "状态"),
    ],
    [
        *("fgj-01", "演示甲", "fgj", "grain、safety", "YS-1", "2022-01-01", "2027-12-31", "SZ-1"),
        *("2028-06-30", "行政检查", "油气、粮食", "科长", "在岗"),
    ],
    ["fgj-02", "演示乙", "fgj", "", "YS-2", "", "2027-12-31", "", "", "", "", "", "离岗"],
]
ITEM_ROWS: list[list[object]] = [
    [
        *(
            "序号",
            "事项编号",
            "抽查类别",
            "抽查事项",
            "抽查内容",
            "检查对象",
            "事项类别",
            "检查方式",
            "检查主体",
        ),
        *("检查依据", "抽查比例", "抽查频次", "施行日期", "配合部门"),
    ],
    [
        *("1", "item-1", "安全", "管道安全", "制度\n记录", "企业", "重点", "现场检查、书面检查", "发改局"),
        *("《条例》第一条\n《条例》第二条", "不低于5%", "每年1次", "2023-01-01", "应急局、市场监管局"),
    ],
    ["2", "", "", "安全储粮", "", "企业", "一般", "网络监测", "发改局", "《条例》第三条", "", "", "", ""],
]
PLAN_ROWS: list[list[object]] = [
    [
        *("序号", "计划名称", "抽查任务名称", "抽查事项", "事项编号", "抽查比例", "检查对象", "抽取条件"),
        *("抽查类型", "组织抽查单位", "联合科（股）室", "完成时限", "抽查任务编号"),
    ],
    [
        *(
            "",
            "2023年计划",
            "管道",
            "管道安全",
            "item-1",
            "5%（运用企业信用风险分级分类开展）",
            "企业",
            "油气",
        ),
        *("不定向", "甲科", "乙科、丙科", "2023年5月至7月", "001号"),
    ],
    [
        *("", "2023年计划", "储粮", "安全储粮", "item-2", "12.5%", "企业", ""),
        *("定向", "乙科", "甲科", "2023年10月", "联002"),
    ],
]


def read_plan(path: Path, *, today: date) -> records.Sheet:
    return plans.read_plan(path, today=today)


Read = Callable[..., records.Sheet]
LISTS: dict[str, tuple[Register, list[list[object]], Read]] = {
    "subjects": (SUBJECTS, _subjects(), records.read_subjects),
    "officers": (OFFICERS, OFFICERS_ROWS, records.read_officers),
    "items": (ITEMS, ITEM_ROWS, records.read_items),
    "plan": (PLAN, PLAN_ROWS, read_plan),
}


def imported(folder: Path, name: str) -> dict[str, dict[str, Value]]:
    register, rows, read = LISTS[name]
    sheet = read(write_xlsx(folder / "原.xlsx", (register.sheet, rows)), today=TODAY)
    assert sheet.faults == []
    assert len(sheet.records) == len(rows) - 1
    return dict(sheet.records)


def exported(folder: Path, name: str, held: dict[str, dict[str, Value]]) -> Path:
    target = folder / "名单.xlsx"
    if name == "plan":
        cells = [plan_cells(key, record) for key, record in held.items()]
        target.write_bytes(workbook(plan_register(held.values()), cells))
    else:
        register, to_cells = CELLS[name]
        target.write_bytes(workbook(register, [to_cells(key, record) for key, record in held.items()]))
    return target


def again(name: str, path: Path) -> dict[str, dict[str, Value]]:
    sheet = LISTS[name][2](path, today=TODAY)
    assert sheet.faults == []
    return dict(sheet.records)


@pytest.mark.parametrize("name", LISTS)
def test_an_untouched_export_says_what_the_list_holds(tmp_path: Path, name: str) -> None:
    held = imported(tmp_path, name)
    assert again(name, exported(tmp_path, name, held)) == held


@pytest.mark.parametrize("name", LISTS)
def test_two_exports_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    held = imported(tmp_path, name)
    assert exported(tmp_path, name, held).read_bytes() == exported(tmp_path, name, held).read_bytes()


def through_libreoffice(path: Path, edit: Callable[[str], str]) -> Path:
    """Open and save in LibreOffice, with an edit of the sheet in between."""
    assert OFFICE
    folder = path.parent / "libreoffice"

    def convert(source: Path, form: str) -> Path:
        command = [OFFICE, f"-env:UserInstallation={(path.parent / 'profile').as_uri()}", "--headless"]
        command += ["--convert-to", form, "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        return folder / f"{source.stem}.{form}"

    flat = convert(path, "fods")
    flat.write_text(edit(flat.read_text("utf-8")), "utf-8")
    return convert(flat, "xlsx")


@pytest.mark.slow
@pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(
    ("name", "old", "new", "row", "field"),
    [
        ("subjects", "示范县3号", "示范县33号", code(3), "address"),
        ("officers", "科长", "局长", "fgj-01", "position"),
        ("items", "每年1次", "每年2次", "item-1", "frequency"),
        ("plan", "12.5%", "15%", "L002", "p"),
    ],
)
def test_one_cell_edited_in_libreoffice_is_one_change(
    tmp_path: Path, name: str, old: str, new: str, row: str, field: str
) -> None:
    held = imported(tmp_path, name)
    path = exported(tmp_path, name, held)
    assert again(name, through_libreoffice(path, lambda text: text)) == held
    edited = again(name, through_libreoffice(path, lambda text: text.replace(f">{old}<", f">{new}<")))
    assert edited.keys() == held.keys()
    assert [key for key in held if edited[key] != held[key]] == [row]
    assert field in {k for k in held[row] if held[row][k] != edited[row].get(k)}


def test_a_rate_is_written_as_people_write_it() -> None:
    assert [percent(1, 20), percent(1, 8), percent(1, 1), percent(3, 1000)] == ["5%", "12.5%", "100%", "0.3%"]


def test_private_columns_are_left_out_unless_asked_for(tmp_path: Path) -> None:
    cells = [{"id": "fgj-01", "telephone": "13900000001"}]
    for private in (False, True):
        path = tmp_path / f"{private}.xlsx"
        path.write_bytes(exporting.workbook(OFFICERS, cells, private=private))
        sheet = records.read_officers(path, today=TODAY)
        assert ("telephone" in sheet.silent) is not private
