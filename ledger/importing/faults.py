"""What can be wrong with an imported file: one catalogue, stable codes, Chinese and English, and the remedy.

`specs/import-faults.md` and `cli/locale/zh_CN/importing.po` are generated from it (`reference.py`).
A warning uses the same type as a fault; only faults stop an import.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from ledger.importing import visit_faults
from verifier.errors import N_

HEADERS = (
    (N_("Row {row}, column {column}: "), "第{row}行 {column} 列："),
    (N_("Row {row}: "), "第{row}行："),
)


class Kind(Enum):
    """One kind of fault or warning: code, text and remedy, each in English (the message id) and Chinese."""

    UNREADABLE = (
        "E-IMP-001",
        N_("The file cannot be read: {reason}"),
        "文件无法读取：{reason}",
        N_("Check the path and the permissions; open the file in Excel or WPS and save it again as .xlsx."),
        "请检查路径和权限；用 Excel 或 WPS 打开后另存为 .xlsx。",
    )
    OLD_FORMAT = (
        "E-IMP-002",
        N_("This is neither .xlsx nor .csv (but an old .xls or .et, one with a password, or something else)"),
        "这不是 .xlsx 或 .csv 文件（旧版 .xls、.et，加了密码的文件，或其他类型的文件）",
        N_("Open it in Excel or WPS (without a password) and save it as “Excel workbook (*.xlsx)”."),
        "请用 Excel 或 WPS 打开（去掉密码），另存为“Excel 工作簿 (*.xlsx)”。",
    )
    EMPTY = (
        "E-IMP-003",
        N_("The file or sheet is empty"),
        "文件或工作表是空的",
        N_("Fill in the template (liuhen template) and import that file."),
        "请填写模板（liuhen template）后再导入。",
    )
    NO_ROWS = (
        "E-IMP-004",
        N_("There is a header but no row below it"),
        "只有表头，没有数据行",
        N_("Enter at least one row below the header; the grey example row does not count."),
        "请在表头下至少填写一行；灰色示例行不算。",
    )
    TOO_WIDE = (
        "E-IMP-005",
        N_("The sheet has content in column {value}; at most {limit} columns are read"),
        "工作表在 {value} 列还有内容；最多读取 {limit} 列",
        N_("Copy the columns that are needed into the template and import that file."),
        "请把需要的列复制到模板中再导入。",
    )
    TOO_LARGE = (
        "E-IMP-006",
        N_("The table is too large (at most {rows} rows, {cells} cells, {size} MB unpacked)"),
        "表格过大（最多 {rows} 行、{cells} 个单元格、解压后 {size} MB）",
        N_("Delete the empty area or split the file into several and import them one after the other."),
        "请删除空白区域，或拆分成几个文件依次导入。",
    )
    SUSPECT_ARCHIVE = (
        "E-IMP-007",
        N_("A part of the .xlsx is packed unreasonably: {value}"),
        ".xlsx 中有压缩异常的部分：{value}",
        N_("Do not open it; ask its sender for the file again."),
        "请勿打开，向提供单位重新索取文件。",
    )
    ENCODING = (
        "E-IMP-008",
        N_("The text is neither UTF-8 nor GB18030"),
        "文本编码既不是 UTF-8 也不是 GB18030",
        N_("Open it in Excel or WPS and save it as “CSV UTF-8” or .xlsx."),
        "请用 Excel 或 WPS 打开，另存为“CSV UTF-8”或 .xlsx。",
    )
    BROKEN_CSV = (
        "E-IMP-009",
        N_("From row {row} on the CSV cannot be divided into cells (a quotation mark is not closed)"),
        "CSV 从第{row}行起无法分列（引号没有成对）",
        N_("Correct the quotation marks in this row, or save the file as .xlsx."),
        "请改正该行的引号，或另存为 .xlsx。",
    )
    MISSING_COLUMN = (
        "E-IMP-010",
        N_("The column “{column}” is missing"),
        "缺少“{column}”列",
        N_("Add the column, or rename its header; understood are: {aliases}"),
        "请补上该列，或修改表头；可识别的表头有：{aliases}",
    )
    TWO_COLUMNS = (
        "E-IMP-011",
        N_("The columns {column} and {value} mean the same"),
        "{column} 列与 {value} 列含义相同",
        N_("Keep one of the two and rename or delete the other."),
        "请保留其中一列，另一列改名或删除。",
    )
    NO_SHEET = (
        "E-IMP-012",
        N_("There is no sheet “{value}”; the file has: {sheets}"),
        "没有名为“{value}”的工作表；文件中有：{sheets}",
        N_("Name one of these sheets."),
        "请从中指定一个工作表。",
    )
    NO_HEADER = (
        "E-IMP-013",
        N_("No header of the register “{value}” was found in the first rows"),
        "前几行中没有找到“{value}”的表头",
        N_("Use the template, or give the columns these names: {allowed}"),
        "请使用模板，或将表头改为：{allowed}",
    )
    NO_FILE = (
        "E-IMP-014",
        N_("There is no such file"),
        "没有这个文件",
        N_("Check its name and folder; a file of another folder is given with its whole path."),
        "请检查文件名和所在文件夹；不在当前文件夹的，写出完整路径。",
    )
    REQUIRED = (
        "E-IMP-020",
        N_("The cell is empty, but a value is required"),
        "必填项为空",
        N_("Fill in the cell."),
        "请填写该单元格。",
    )
    CODE_AS_NUMBER = (
        "E-IMP-021",
        N_("The code “{value}” was stored as a number; digits may have been lost"),
        "代码“{value}”被存成了数字，末尾数字可能已丢失",
        N_("Set the column to the format “Text” and type the code again from the source."),
        "请把该列设为“文本”格式，按原始材料重新录入代码。",
    )
    FORMULA = (
        "E-IMP-022",
        N_("The cell holds a formula: {value}"),
        "单元格是公式：{value}",
        N_("Copy the column and paste it as values."),
        "请复制该列并“选择性粘贴—数值”。",
    )
    ERROR_CELL = (
        "E-IMP-023",
        N_("The cell shows an error of the spreadsheet: {value}"),
        "单元格是表格软件的错误值：{value}",
        N_("Type the value itself, or empty the cell."),
        "请直接录入数值或文字，或清空该单元格。",
    )
    INVISIBLE = (
        "E-IMP-024",
        N_("The cell holds an invisible or control character {character} at position {position}: {value}"),
        "单元格第 {position} 个字符是不可见字符或控制字符 {character}：{value}",
        N_("Delete the cell and type its text anew."),
        "请清空该单元格后重新录入。",
    )
    DATE_AS_NUMBER = (
        "E-IMP-025",
        N_("The date is stored as the serial number {value} (this would be {date})"),
        "日期被存成了序列号 {value}（对应 {date}）",
        N_("Set the column to the format “Date”, or type it as 2023-05-01."),
        "请把该列设为“日期”格式，或按 2023-05-01 的样式录入。",
    )
    NOT_A_DATE = (
        "E-IMP-026",
        N_("“{value}” is not a date of the calendar"),
        "“{value}”不是有效日期",
        N_("Type the date as 2023-05-01."),
        "请按 2023-05-01 的样式录入。",
    )
    FUTURE_DATE = (
        "E-IMP-027",
        N_("The date {value} lies in the future"),
        "日期 {value} 晚于今天",
        N_("Correct the date, or check the clock of this computer."),
        "请改正日期，或检查本机时钟。",
    )
    NOT_TEXT = (
        "E-IMP-028",
        N_("The cell holds a truth value ({value}) where text belongs"),
        "应填文字处是逻辑值（{value}）",
        N_("Type the text itself."),
        "请直接录入文字。",
    )
    TOO_LONG = (
        "E-IMP-029",
        N_("The text has {length} characters; at most {limit} are allowed: {value}"),
        "文字有 {length} 个字，最多 {limit} 个：{value}",
        N_("Shorten the text and keep the long form as an attachment."),
        "请缩短文字，全文另作附件。",
    )
    CODE_LENGTH = (
        "E-IMP-030",
        N_("The code “{value}” has {length} characters; 18 (or 15 for a registration number) are needed"),
        "代码“{value}”有 {length} 位，应为 18 位（注册号为 15 位）",
        N_("Compare it with the business licence."),
        "请对照营业执照改正。",
    )
    CODE_CHARACTER = (
        "E-IMP-031",
        N_("The code “{value}” has “{character}” at position {position}, which cannot stand there"),
        "代码“{value}”第 {position} 位的“{character}”不合规则",
        N_(
            "Compare it with the business licence: the letters I, O, S, V, Z are never used (1, 0, 5, U, 2?)."
        ),
        "请对照营业执照改正：代码不用字母 I、O、S、V、Z（是否为 1、0、5、U、2）。",
    )
    CODE_DIVISION = (
        "E-IMP-032",
        N_("The code “{value}” names a province that does not exist ({division})"),
        "代码“{value}”中的省级行政区划（{division}）不存在",
        N_("Compare it with the business licence."),
        "请对照营业执照改正。",
    )
    CODE_CHECK = (
        "E-IMP-033",
        N_("The last character of “{value}” does not fit (computed: {computed}); characters 9–17 do"),
        "代码“{value}”末位校验不符（应为 {computed}），但第 9–17 位自洽",
        N_(
            "Compare it with the business licence. Some codes issued before 2016 are really so: "
            "then accept it with a reason."
        ),
        "请对照营业执照。2016 年以前发放的个别代码确实如此：如无误，请注明理由后予以采用。",
    )
    CODE_CHECK_TWICE = (
        "E-IMP-034",
        N_("The last character of “{value}” does not fit (computed: {computed}), nor do characters 9–17"),
        "代码“{value}”末位校验不符（应为 {computed}），第 9–17 位也不自洽",
        N_("Probably mistyped: compare it with the licence. If it is right, accept it with a reason."),
        "很可能录入有误，请对照营业执照改正；如确实无误，请注明理由后予以采用。",
    )
    REGISTRATION_CHECK = (
        "E-IMP-035",
        N_("The last digit of the registration number “{value}” does not fit (computed: {computed})"),
        "注册号“{value}”末位校验不符（应为 {computed}）",
        N_("Compare it with the business licence. If it is right, accept it with a reason."),
        "请对照营业执照改正；如确实无误，请注明理由后予以采用。",
    )
    PERSON_IN_CODE = (
        "E-IMP-036",
        N_("The code “{value}” looks like the ID number of a person; it is kept out of the register"),
        "代码“{value}”疑似居民身份证号码，不得进入名录库",
        N_("Give the unified social credit code or the registration number instead."),
        "请改填统一社会信用代码或注册号。",
    )
    PERSON_IN_TEXT = (
        "E-IMP-037",
        N_("The cell, which will be public, holds what looks like an ID number: “{value}”"),
        "将公开的单元格中疑似含有居民身份证号码：“{value}”",
        N_("Remove the number; ID numbers belong only into the column 身份证号 of the officers' sheet."),
        "请删除该号码；身份证号只能填在执法检查人员名录库的“身份证号”列。",
    )
    DUPLICATE = (
        "E-IMP-038",
        N_("“{value}” is already in row {first}"),
        "“{value}”与第{first}行重复",
        N_("Keep one of the two rows, or leave one out."),
        "请保留其中一行，或指定不导入其中一行。",
    )
    NOT_AN_ID = (
        "E-IMP-039",
        N_("“{value}” cannot be an identifier"),
        "“{value}”不能用作编号",
        N_("Use 1–64 letters, digits, dots, hyphens or underlines; begin and end with a letter or digit."),
        "请用 1–64 位字母、数字、点、横线或下划线，首尾为字母或数字。",
    )
    UNKNOWN_TAG = (
        "E-IMP-040",
        N_("The tag “{value}” is not in the tag dictionary"),
        "标签“{value}”不在标签字库中",
        N_("Correct the tag, or add it to the dictionary first; in it are: {allowed}"),
        "请改正标签，或先将其加入标签字库；字库中有：{allowed}",
    )
    UNKNOWN_RISK = (
        "E-IMP-041",
        N_("The risk class “{value}” is unknown"),
        "信用风险等级“{value}”无法识别",
        N_("Use A, B, C or D, or leave the cell empty."),
        "请填 A、B、C、D 之一，或留空。",
    )
    UNKNOWN_CHOICE = (
        "E-IMP-042",
        N_("“{value}” is not one of the values allowed here"),
        "“{value}”不在可选值之内",
        N_("Use one of: {allowed}"),
        "请填下列之一：{allowed}",
    )
    UNKNOWN_DEPARTMENT = (
        "E-IMP-043",
        N_("The department “{value}” is unknown"),
        "部门“{value}”未登记",
        N_("Use one of: {allowed}"),
        "请填下列之一：{allowed}",
    )
    NOT_A_COUNT = (
        "E-IMP-044",
        N_("“{value}” is not a whole number"),
        "“{value}”不是整数",
        N_("Type a whole number such as 1, 2, 3."),
        "请填整数，如 1、2、3。",
    )
    NOT_RECORDABLE = (
        "E-IMP-045",
        N_("The row cannot be recorded ({value})"),
        "该行无法登记（{value}）",
        N_("Shorten or correct the value named; compare it with the template."),
        "请对照模板缩短或改正所指内容。",
    )
    NOT_A_RATE = (
        "E-IMP-050",
        N_("The rate “{value}” is not a percentage"),
        "抽查比例“{value}”不是百分数",
        N_("Type it with the percent sign, such as 5%; a remark may follow in brackets."),
        "请带百分号填写，如 5%；说明可写在其后的括号中。",
    )
    RATE_RANGE = (
        "E-IMP-051",
        N_("The rate “{value}” is not above 0% and at most 100%"),
        "抽查比例“{value}”不在 0%（不含）到 100% 之间",
        N_("Correct the rate."),
        "请改正抽查比例。",
    )
    UNKNOWN_ITEM = (
        "E-IMP-052",
        N_("The item “{value}” is not in the item list"),
        "抽查事项“{value}”不在随机抽查事项清单中",
        N_("Give the number of the item in the column 事项编号, or import the item list first."),
        "请在“事项编号”列填写清单中的编号，或先导入事项清单。",
    )
    NOT_A_MONTH = (
        "E-IMP-053",
        N_("“{value}” does not name a year and a month"),
        "“{value}”没有写明年和月",
        N_("Type it as 2023年10月 or 2023-10, a period as 2023年5月-6月."),
        "请按 2023年10月 或 2023-10 填写，时段写作 2023年5月-6月。",
    )
    PERIOD = (
        "E-IMP-054",
        N_("The end {value} lies before the beginning {first}"),
        "止期 {value} 早于起期 {first}",
        N_("Correct one of the two."),
        "请改正其中之一。",
    )
    ID_NUMBER = (
        "E-IMP-055",
        N_("The ID number “{value}” is not valid"),
        "身份证号“{value}”不正确",
        N_("Compare it with the identity card."),
        "请对照居民身份证改正。",
    )
    UNKNOWN_OFFICER = (
        "E-IMP-056",
        N_("The officer “{value}” is not in the register"),
        "检查人员“{value}”不在执法检查人员名录库中",
        N_("Correct the number, or import the officer first."),
        "请改正人员编号，或先导入该人员。",
    )
    UNKNOWN_SUBJECT = (
        "E-IMP-057",
        N_("The subject “{value}” is not in the register"),
        "检查对象“{value}”不在检查对象名录库中",
        N_("Correct the code, or import the subject first."),
        "请改正代码，或先导入该对象。",
    )
    EXPERT_IS_OFFICER = (
        "E-IMP-058",
        N_("“{value}” is an officer; experts and testing bodies are apart from the officers"),
        "“{value}”是执法检查人员；专家和专业机构须与执法检查人员分开",
        N_("Give the expert an id of its own; only officers fill seats."),
        "请另编专家编号；只有执法检查人员可以占席位。",
    )
    OFFICER_NAMESAKES = (
        "E-IMP-059",
        N_("Several officers are called “{value}”: {ids}"),
        "有几名检查人员叫“{value}”：{ids}",
        N_("Put the number of the officer in place of the name."),
        "请把姓名改为人员编号。",
    )
    NOT_IN_POOL = (
        "E-IMP-060",
        N_("“{value}” is not in the list that was frozen for this draw"),
        "“{value}”不在本次摇号封存的名单中",
        N_("Ask the platform what it drew from; a list that was wrong ends this draw: liuhen draw abort"),
        "请核实平台从哪份名单抽取；名单有误的，中止本次摇号：liuhen draw abort",
    )
    SEATS = (
        "E-IMP-061",
        N_("The team has {count} officers ({value}), the task asks for {seats}"),
        "检查组有 {count} 人（{value}），任务要求 {seats} 人",
        N_("Correct the team, as the platform drew it."),
        "请按平台抽取的结果改正检查组。",
    )
    OFFICER_BARRED = (
        "E-IMP-062",
        N_("The officer “{value}” was absent, is in conflict with the subject or was not frozen"),
        "检查人员“{value}”缺席、须回避该对象，或不在封存的人员名单中",
        N_("Let the platform draw another officer, and export again."),
        "请在平台上另抽人员后重新导出。",
    )
    DRAWN_COUNT = (
        "E-IMP-063",
        N_("Stratum “{value}” has {count} drawn subjects; the frozen question asks for {size}"),
        "抽取层“{value}”有 {count} 个对象，封存时确定抽取 {size} 个",
        N_("Export the whole list of this task from the platform."),
        "请从平台导出本任务的全部名单。",
    )
    CODE_REWRITTEN = (
        "E-IMP-070",
        N_("The code “{value}” was taken as {code} (full-width characters, spaces or lower case)"),
        "代码“{value}”含全角字符、空格或小写字母，已按 {code} 采用",
        N_("Nothing to do; both forms are kept."),
        "无需处理；两种写法均予保留。",
    )
    CODE_ACCEPTED = (
        "E-IMP-071",
        N_("The wrong check character of “{value}” was accepted: {reason}"),
        "代码“{value}”校验不符，已按所注理由采用：{reason}",
        N_("Nothing to do; the reason is recorded."),
        "无需处理；理由已记录。",
    )
    IGNORED_COLUMNS = (
        "E-IMP-072",
        N_("These columns are not used: {value}"),
        "下列列未使用：{value}",
        N_("Nothing to do, unless one of them should have been read; then rename its header."),
        "一般无需处理；若其中有应读取的列，请修改表头。",
    )
    IGNORED_NOTE = (
        "E-IMP-073",
        N_("The row was read as a note below the table: {value}"),
        "该行视为表后附注，未导入：{value}",
        N_("Nothing to do, unless it is a row of the register; then fill in its other cells."),
        "一般无需处理；若为名录数据，请补全其他单元格。",
    )
    CERTIFICATE_EXPIRED = (
        "E-IMP-074",
        N_("The certificate of “{name}” expired on {value}"),
        "“{name}”的执法证已于 {value} 到期",
        N_("Renew it; until then the officer cannot be drawn."),
        "请及时换证；到期后不参加抽取。",
    )
    ITEM_TEXT_DIFFERS = (
        "E-IMP-075",
        N_("The text differs from item {item}: the plan says “{value}”, the list says “{listed}”"),
        "与清单事项 {item} 的表述不一致：计划为“{value}”，清单为“{listed}”",
        N_("Make the two agree, or give the number of the item meant in the column 事项编号."),
        "请使两处表述一致，或在“事项编号”列写明所指事项。",
    )
    NO_SUCH_ROW = (
        "E-IMP-076",
        N_("Row {value}, which was to be left out, is not a row of the table"),
        "指定不导入的第 {value} 行不是数据行",
        N_("Give row numbers as the spreadsheet shows them."),
        "请按表格软件显示的行号填写。",
    )
    CODE_CHANGED = (
        "E-IMP-077",
        N_("The list holds registration number {value} as {held}; it now has code {code}"),
        "名录库中注册号 {value} 对应 {held}，现代码为 {code}",
        N_("If it is the same enterprise: liuhen subject link {held} {code} --kind code_changed"),
        "确为同一企业的：liuhen subject link {held} {code} --kind code_changed",
    )
    SUBJECT_NOT_LISTED = (
        "E-IMP-078",
        N_("“{value}” is not in the register of subjects"),
        "检查对象名录库中没有“{value}”",
        N_("It is recorded all the same; check the code if the enterprise still exists."),
        "仍予登记；企业存续的请核对代码。",
    )
    VISIT_LATE = visit_faults.VISIT_LATE
    OTHER_LEDGER = visit_faults.OTHER_LEDGER
    UNKNOWN_DRAW = visit_faults.UNKNOWN_DRAW
    NOT_DRAWN = visit_faults.NOT_DRAWN
    NAME_DIFFERS = visit_faults.NAME_DIFFERS
    NOT_OF_TEAM = visit_faults.NOT_OF_TEAM
    TEAM_INCOMPLETE = visit_faults.TEAM_INCOMPLETE
    NOT_CERTIFIED = visit_faults.NOT_CERTIFIED
    BEFORE_DRAW = visit_faults.BEFORE_DRAW
    NO_DAY = visit_faults.NO_DAY
    NOT_AN_HOUR = visit_faults.NOT_AN_HOUR
    RECORDED_ALREADY = visit_faults.RECORDED_ALREADY
    UNKNOWN_RESULT = visit_faults.UNKNOWN_RESULT
    NOT_OF_TASK = visit_faults.NOT_OF_TASK
    BOXES = visit_faults.BOXES
    NOT_SIGNED = visit_faults.NOT_SIGNED
    NO_SCAN = visit_faults.NO_SCAN
    SIGNATURE = visit_faults.SIGNATURE
    MERGED = visit_faults.MERGED
    REFUSED = visit_faults.REFUSED
    RESULT_BOXES = visit_faults.RESULT_BOXES

    def __init__(self, code: str, en: str, zh: str, remedy_en: str, remedy_zh: str) -> None:
        self.code = code
        self.en = en
        self.zh = zh
        self.remedy_en = remedy_en
        self.remedy_zh = remedy_zh


@dataclass(frozen=True)
class Fault:
    """One finding at one place. `row` is the number the spreadsheet shows, 0 for the whole file.

    `column` is letter and header (``B 统一社会信用代码``) or empty; `value` is what stands there, masked when
    it may be an ID number. `what` and `remedy` are gettext message ids, to be formatted with `params`.
    """

    kind: Kind
    row: int = 0
    column: str = ""
    value: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The stable code, such as E-IMP-021."""
        return self.kind.code

    @property
    def what(self) -> str:
        """What happened: an English template."""
        return self.kind.en

    @property
    def remedy(self) -> str:
        """What to do: an English template."""
        return self.kind.remedy_en

    @property
    def where(self) -> str:
        """Where: an English template, empty for the whole file."""
        if not self.row:
            return ""
        return HEADERS[0 if self.column else 1][0]

    @property
    def params(self) -> dict[str, str]:
        """The values of all three templates."""
        return {"row": str(self.row), "column": self.column, "value": self.value, **self.extra}

    def message(self, language: str = "en") -> str:
        """Place, what happened and the remedy in one line; language is "en" or "zh"."""
        chinese = language == "zh"
        where = dict(HEADERS)[self.where] if chinese and self.where else self.where
        what = self.kind.zh if chinese else self.what
        remedy = self.kind.remedy_zh if chinese else self.remedy
        stop = "" if chinese else ". "
        text = where + what + ("。" if chinese else stop) + remedy
        return text.format(**self.params) + f" [{self.code}]"
