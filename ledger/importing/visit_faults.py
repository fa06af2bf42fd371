"""What can be wrong with the sheet of results (检查结果录入表): a part of `faults.Kind`.

Each is code, text and remedy, in English (the message id) and Chinese.
"""

from verifier.errors import N_

VISIT_LATE = (
    "E-IMP-079",
    N_("The visit of {value} lies after its last day {last}"),
    "检查日期 {value} 晚于该户的检查期限 {last}",
    N_("It is recorded all the same; more time is asked for beforehand: liuhen inspect extend"),
    "仍予登记；需要延期的应事先申请：liuhen inspect extend",
)
OTHER_LEDGER = (
    "E-IMP-080",
    N_("The sheet was written for another ledger ({value}…, not {own}…)"),
    "该录入表出自另一本台账（{value}…，不是 {own}…）",
    N_("Open the ledger that it belongs to (-L), or write a sheet of this one: liuhen inspect sheet"),
    "请打开它所属的台账（-L），或重新导出本台账的录入表：liuhen inspect sheet",
)
UNKNOWN_DRAW = (
    "E-IMP-081",
    N_("“{value}” is no completed draw of this ledger (there are: {allowed})"),
    "本台账没有已完成的摇号“{value}”（已有：{allowed}）",
    N_("Correct the number, or write the sheet anew: liuhen inspect sheet"),
    "请改正抽取编号，或重新导出录入表：liuhen inspect sheet",
)
NOT_DRAWN = (
    "E-IMP-082",
    N_("“{value}” was not drawn in {draw}"),
    "“{value}”不是 {draw} 抽中的检查对象",
    N_(
        "Correct code or draw. A check outside the draw is recorded apart: liuhen inspect unplanned; an "
        "enterprise that was drawn is not exchanged for another."
    ),
    "请改正代码或抽取编号。抽取以外的检查另行登记：liuhen inspect unplanned；抽中的对象不得更换。",
)
NAME_DIFFERS = (
    "E-IMP-083",
    N_("“{value}” is not the name of {code}, which is {name}"),
    "“{value}”不是 {code} 的名称，应为“{name}”",
    N_("Probably the rows were moved: compare the row with the sheet as it was written."),
    "可能是行被移动过，请对照导出时的录入表改正。",
)
NOT_OF_TEAM = (
    "E-IMP-084",
    N_("“{value}” was not drawn for this visit; the team is {team}"),
    "“{value}”不是抽出派往该户的人员；检查组为 {team}",
    N_(
        "Those who were drawn inspect. Who cannot go is replaced before the visit (liuhen recuse); then "
        "write the sheet anew, or leave the cell as it was written."
    ),
    "应由抽出的人员检查。不能到场的，检查前办理回避、递补（liuhen recuse），再重新导出；或恢复该单元格。",
)
TEAM_INCOMPLETE = (
    "E-IMP-085",
    N_("The team of this visit is not complete: {value}"),
    "该户的检查组尚未落实：{value}",
    N_("Replace the officer first (liuhen recuse), or finish the 补抽 (liuhen task fill)."),
    "请先办理回避、递补（liuhen recuse）或完成补抽（liuhen task fill）。",
)
NOT_CERTIFIED = (
    "E-IMP-086",
    N_("“{value}” held no valid certificate on {day}"),
    "“{value}”在 {day} 没有有效的执法证",
    N_("Correct the day; if the certificate was renewed, record that first: liuhen officer change"),
    "请改正日期；证件已换发的，先登记：liuhen officer change",
)
BEFORE_DRAW = (
    "E-IMP-087",
    N_("The visit of {value} lies before the draw of {first}"),
    "检查日期 {value} 早于抽取时间 {first}",
    N_("Correct the day. What was inspected before the draw is no visit of it: liuhen inspect unplanned"),
    "请改正日期。抽取以前的检查不属于本次抽查：liuhen inspect unplanned",
)
NO_DAY = (
    "E-IMP-088",
    N_("There is a result ({value}) but no day of a visit"),
    "填了结果（{value}），但没有检查日期",
    N_("Fill in the day. A visit that was not made yet leaves the whole row empty."),
    "请填写检查日期；尚未检查的，整行留空。",
)
NOT_AN_HOUR = (
    "E-IMP-089",
    N_("“{value}” is not an hour"),
    "“{value}”不是时间",
    N_("Type it as 14:30, or leave it empty."),
    "请按 14:30 的样式填写，或留空。",
)
RECORDED_ALREADY = (
    "E-IMP-090",
    N_("The result of this visit is recorded already (entry {seq}), with another content here: {value}"),
    "该户的检查结果已经登记（第 {seq} 条），与此处不一致：{value}",
    N_(
        "Correct what is recorded: liuhen correct {seq} … --reason …; or void it: liuhen void {seq}. Else "
        "take the row out of the sheet."
    ),
    "要改已登记的内容：liuhen correct {seq} … --reason …，或作废：liuhen void {seq}；否则删去该行。",
)
UNKNOWN_RESULT = (
    "E-IMP-091",
    N_("“{value}” is no result code of table {table}"),
    "“{value}”不是 {table} 表的检查结果代码",
    N_("See the tables: liuhen result codes. Another table is named with --codes g, z or i."),
    "代码见 liuhen result codes；用其他代码表的，加 --codes g、z 或 i。",
)
NOT_OF_TASK = (
    "E-IMP-092",
    N_("“{value}” names no item of this task ({allowed})"),
    "“{value}”没有写明本任务的事项（{allowed}）",
    N_("Write ITEM=BOXES,TEXT, several divided by semicolons: item-1=检查,责改,已改正,灭火器过期"),
    "请写成 事项编号=勾选项,检查结果，多项用分号分开：item-1=检查,责改,已改正,灭火器过期",
)
BOXES = (
    "E-IMP-093",
    N_("The boxes contradict each other: {value}"),
    "勾选项互相矛盾：{value}",
    N_(
        "已改正 goes with 责改 (下达责改), 责改 and a result go with 检查. What was put right on the spot "
        "without an order: 检查 alone, and 当场改正 in the text."
    ),
    "“已改正”须有“责改”（下达责改），“责改”和检查结果须有“检查”。未下达责改、当场改正的：只写“检查”，在结果中写明当场改正。",
)
NOT_SIGNED = (
    "E-IMP-094",
    N_("The row names no scan of the signed record, and these have no key to sign with: {value}"),
    "该行没有签字记录表的扫描件，且下列人员没有可用来签名的密钥：{value}",
    N_("Name the file in the column 记录表扫描件, or one for all rows: --scan FILE"),
    "请在“记录表扫描件”列填写文件名；各行共用一个文件的：--scan 文件",
)
NO_SCAN = (
    "E-IMP-095",
    N_("There is no file “{value}” beside the sheet"),
    "录入表所在文件夹中没有文件“{value}”",
    N_("Put the scan into the folder of the sheet, or correct its name."),
    "请把扫描件放到录入表所在的文件夹，或改正文件名。",
)
SIGNATURE = (
    "E-IMP-096",
    N_("The signature of the inspected and its reason contradict each other: {value}"),
    "被检查对象签字情况与原因不一致：{value}",
    N_("A missing signature has its reason; a witness stands only where the signature is missing."),
    "未签字的须写明原因；见证人只在未签字时填写。",
)
MERGED = (
    "E-IMP-097",
    N_("The cells {value} are merged: only the first of them has a value"),
    "单元格 {value} 是合并单元格，只有第一格有内容",
    N_("Undo the merge and fill in every cell."),
    "请取消合并，逐格填写。",
)
REFUSED = (
    "E-IMP-098",
    N_("Rule {rule} does not allow this row: {value}"),
    "规则 {rule} 不允许登记该行：{value}",
    N_("See what it asks: liuhen rule {rule}"),
    "该规则的要求见：liuhen rule {rule}",
)
RESULT_BOXES = (
    "E-IMP-099",
    N_("The result {value} and the boxes of the items do not say the same"),
    "检查结果 {value} 与逐项所填不一致",
    N_("It is recorded all the same; say in the column of items which has a problem, or correct the result"),
    "仍予登记；请在“有问题的事项”一栏写明哪一项有问题，或改正检查结果",
)
