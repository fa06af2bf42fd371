// Everything the page says, in both languages. {name} stands for a value.
'use strict';

const WORDS = {
  title: ['留痕核验', 'Liuhen verifier'],
  other: ['English', '中文'],
  skip: ['跳到核验结果', 'Skip to the result'],
  lead: ['选择一个核验包，本页会重新核对每一条记录、每一个签名，并按公开算法重摇一遍。', 'Choose a bundle. This page checks every record and signature again and repeats the draw by its public rule.'],
  local: ['文件只在这台设备上读取，不上传任何内容；断开网络也能核验。', 'Files are read on this device only. Nothing is uploaded; it works without a network.'],
  pick_zip: ['核验包文件（.zip）', 'Bundle file (.zip)'],
  pick_folder: ['或者：解开后的核验包文件夹', 'Or: a bundle folder'],
  drop: ['也可以把文件或文件夹拖到这里。', 'You can also drop a file or folder here.'],
  site: ['核验本页所在的网站', 'Check the site this page is on'],
  fetching: ['正在读取网站文件', 'Reading the files of the site'],
  reading: ['正在读取核验包', 'Reading the bundle'],
  hashes: ['正在核对文件', 'Checking files'],
  entries: ['正在逐条核对记录', 'Judging records'],
  stop: ['停止', 'Stop'],
  stopped: ['已停止，没有得出结论。', 'Stopped. There is no verdict.'],
  pass: ['核验通过', 'Verified'],
  fail: ['核验不通过', 'Not verified'],
  inconclusive: ['证据不足，无法核验', 'Inconclusive'],
  practice: ['【演练】', '[Practice] '],
  told_pass: ['{n} 项必需的检查全部成立。', 'All {n} required checks hold.'],
  told_fail: ['{n} 项必需的检查不成立，见下面标“不成立”的各项。', '{n} required checks do not hold; see those marked below.'],
  told_inconclusive: ['有 {n} 项必需的检查缺少材料，或含有本页不认识的内容。', '{n} required checks lack their material, or meet something this page does not know.'],
  told_anchor_only: ['各项检查都成立，但与您给出的值不符。', 'The checks hold, but not against the value you gave.'],
  newer: ['核验包里有本页不认识的更新格式：请到发布单位或其他可信来源取新版核验页。', 'The bundle has a newer format than this page knows: get a newer page from a source you trust.'],
  anchor_self: ['只与核验包自身的内容作了比对。要排除另有一本台账，请输入别处得到的台账指纹。', 'Compared only with what the bundle says of itself. To rule out another ledger, type a head you got elsewhere.'],
  anchor_id: ['与您输入的台账编号一致。', 'Matches the ledger id you typed.'],
  anchor_head: ['与您输入的台账指纹一致：前 {size} 条记录就是那时的记录。', 'Matches the head you typed: the first {size} records are those of that time.'],
  anchor_cosigned: ['带有您给出的联署方的有效签名。', 'Carries a valid cosignature by the key you gave.'],
  anchor_bad: ['与您输入的值不符：这不是同一本台账，或者历史被改过。', 'Does not match what you typed: another ledger, or a changed history.'],
  anchor_newer: ['您输入的台账指纹比这个核验包新：包里只有 {size} 条记录。请取更新的核验包。', 'The head you typed is newer than this bundle, which has {size} records. Get a newer bundle.'],
  anchor_form: ['没有看懂。请输入“条数:64位十六进制”的台账指纹，或 64 位的台账编号，可以带空格。', 'Not understood. Type a head as “size:64 hex digits” or a 64-digit ledger id; spaces are fine.'],
  compare: ['与纸上的台账指纹比对', 'Compare with a head on paper'],
  compare_label: ['台账指纹、台账编号或联署方公钥', 'Head, ledger id or key of a cosigner'],
  compare_help: ['印在抽取凭证、检查通知书和公示栏上，形如 141:09f23335 f439cfaa …', 'Printed on receipts and notices, like 141:09f23335 f439cfaa …'],
  compare_do: ['比对', 'Compare'],
  questions: ['四个问题', 'Four questions'],
  q_frozen: ['名单先封存了吗？', 'Was the list sealed first?'],
  q_seed: ['摇号种子事后才知道吗？', 'Was the seed known only afterwards?'],
  q_result: ['按公开算法重算一致吗？', 'Does the public rule give the same result?'],
  q_changed: ['记录后来改过吗？', 'Was the record changed later?'],
  yes_frozen: ['是。参加摇号的对象、人员和规则都在摇号之前封存，之后没有改动。', 'Yes. Subjects, officers and rules were sealed before the draw and not changed after.'],
  yes_seed: ['是。各方的随机数先封存、后启封，种子由它们合成。', 'Yes. Each party sealed its number first and opened it later; together they give the seed.'],
  yes_result: ['一致。本页重算了每个随机号，抽中的对象和人员完全相同。', 'Yes. This page computed every ticket again: the same subjects and officers.'],
  yes_changed: ['没有。每条记录的签名、顺序和台账指纹都对得上。', 'No. Signature and order of every record and the head agree.'],
  no_any: ['不成立：{rules}', 'No: {rules}'],
  no_changed: ['发现改动或缺失：{rules}', 'Changed or missing: {rules}'],
  open_any: ['现在还不能全部回答：{rules}', 'Cannot be answered in full yet: {rules}'],
  none_any: ['没有已完成的摇号可以核对。', 'There is no draw to check.'],
  elsewhere: ['{n} 次抽取由外部平台完成，随机性未能证明。', '{n} draws were made by another platform; their randomness is not proven.'],
  sealed: ['{n} 次不公开摇号的结果尚未公开，到期后再核验。', '{n} sealed draws are not public yet; check again when they are due.'],
  g_line: ['{draw}：可选结果数 g = {g}', '{draw}: possible outcomes g = {g}'],
  checks: ['逐项检查', 'The checks'],
  checks_lead: ['编号、顺序和结论与命令行 liuhen verify 相同。', 'Ids, order and statuses are those of `liuhen verify`.'],
  show_all: ['显示全部 {n} 项', 'Show all {n}'],
  show_bad: ['只显示需要看的', 'Only what needs a look'],
  all_hold: ['没有需要看的。', 'Nothing needs a look.'],
  more: ['…另有 {n} 处', '… and {n} more places'],
  s_pass: ['成立', 'holds'], s_fail: ['不成立', 'fails'], s_warn: ['注意', 'warning'], s_inconclusive: ['缺材料', 'no material'], s_not_due: ['未到期', 'not due'], s_na: ['不适用', 'n/a'],
  c_completeness: ['完整', 'Completeness'], c_authenticity: ['真实', 'Authenticity'], c_integrity: ['未改', 'Integrity'], c_consistency: ['一致', 'Consistency'], c_fairness: ['公平', 'Fairness'], c_compliance: ['合规', 'Compliance'],
  entry: ['第 {n} 条', 'entry {n}'],
  optional: ['（不影响结论）', '(does not lower the verdict)'],
  facts: ['核验了什么', 'What was checked'],
  f_subject: ['核验包', 'Bundle'], f_ledger: ['台账编号', 'Ledger id'], f_head: ['台账指纹', 'Head'], f_time: ['最后一条的时间', 'Last record'],
  f_acts: ['签署', 'Signed'], acts: ['本机密钥 {key} 条，文件签名 {file} 条，纸质签名 {paper} 条', '{key} by key, {file} by file, {paper} on paper'],
  f_tail: ['尾部', 'Tail'], tail: ['最后 {n} 条之后没有其他单位的记录或联署，本单位可以截去而不被发现', 'the last {n} records could be cut off unnoticed by the office: no other unit or cosigner stands behind them'],
  f_founders: ['创设人', 'Founders'],
  unproven: ['未能证明的事项', 'What is not proven'],
  draws: ['摇号', 'Draws'],
  d_task: ['任务', 'Task'], d_state: ['状态', 'State'], d_seed: ['摇号种子', 'Seed'], d_parties: ['封存随机数的各方', 'Parties'], d_public: ['公共随机数', 'Public source'], d_g: ['可选结果数 g', 'Possible outcomes g'], d_size: ['待抽／抽中', 'Pool / drawn'],
  open: ['进行中', 'open'], completed: ['已完成', 'completed'], aborted: ['已中止', 'aborted'], st_elsewhere: ['外部平台抽取', 'drawn elsewhere'],
  mine: ['查我的企业', 'Find my enterprise'],
  mine_label: ['统一社会信用代码、编号或名称', 'Code, id or name'],
  mine_do: ['查找', 'Find'],
  mine_none: ['名录里没有与“{text}”相符的对象。', 'No subject matches “{text}”.'],
  mine_many: ['有 {n} 个相符，请选一个：', '{n} match; choose one:'],
  mine_more: ['只列出前 {n} 个，请多输入几个字。', 'Only the first {n} are listed; type more.'],
  mine_nodraw: ['这本台账里还没有摇号。', 'This ledger has no draw yet.'],
  drawn: ['抽中了', 'Drawn'], not_drawn: ['没有抽中', 'Not drawn'], in_list: ['在待抽名单里', 'In the pool'], not_in_list: ['不在待抽名单里', 'Not in the pool'],
  wait_open: ['名单已封存，还没有摇号。', 'The list is sealed; the draw has not been held.'],
  wait_sealed: ['这是不公开摇号，结果到期才公开。', 'A sealed draw: its outcome is public when it is due.'],
  wait_aborted: ['这次摇号已中止，没有结果。', 'This draw was aborted.'],
  wait_elsewhere: ['由外部平台抽取，没有可以重算的随机号。', 'Drawn by another platform: there is no ticket to compute.'],
  m_stratum: ['抽取层', 'Stratum'], m_ticket: ['随机号', 'Ticket'], m_rank: ['名次', 'Rank'], m_cut: ['抽中界线', 'Cut'], m_hand: ['自己重算', 'By hand'], m_team: ['检查人员', 'Team'],
  rank: ['第 {rank} 名，共 {n} 个，抽前 {k} 名', '{rank} of {n}; the first {k} are drawn'],
  why_drawn: ['随机号不大于抽中界线，所以抽中。', 'The ticket is not above the cut, so it was drawn.'],
  why_not: ['随机号大于抽中界线，所以没有抽中。', 'The ticket is above the cut, so it was not drawn.'],
  why_excluded: ['封存前已剔除，理由：{reason}', 'Excluded before the freeze: {reason}'],
  why_filter: ['不符合这次摇号的条件：{filter}', 'It does not meet the filter of this draw: {filter}'],
  why_later: ['封存名单时不在名录里，或当时的登记不符合条件。', 'It was not in the register when the list was sealed, or did not meet the filter then.'],
  why_fills: ['这是补抽，只在指明的对象里进行。', 'This draw fills seats and is held among named subjects only.'],
  receipt: ['核对抽取凭证', 'Check a receipt'],
  receipt_claim: ['通知书上二维码的文字', 'Text of the QR code on the notice'],
  receipt_file: ['或者：抽取凭证文件（.receipt），可连同 log.vkey', 'Or: the receipt file (.receipt), also with log.vkey'],
  receipt_help: ['用手机扫描二维码，把读出的一行文字（liuhen/claim/1 …）粘贴到这里。再选一个核验包，或在公示网站上打开本页，就能与公布的台账比对。', 'Scan the code and paste the line it gives (liuhen/claim/1 …). Choose a bundle too, or open this page on the public site, to compare it with the published ledger.'],
  receipt_do: ['核对', 'Check'],
  receipt_forget: ['清除', 'Clear'],
  receipt_pass: ['凭证成立：{subject} 在摇号前封存的名单里，{outcome}。', 'The receipt holds: {subject} was in the list sealed before the draw. {outcome}.'],
  receipt_fail: ['凭证不成立，见下面标“不成立”的各项。', 'The receipt does not hold; see below.'],
  receipt_inconclusive: ['凭证说 {subject} 在名单里，{outcome}；还不能断定，见下面各项。', 'The receipt says that {subject} was in the list. {outcome}. This is not settled yet; see below.'],
  receipt_by_self: ['没有与公布的台账比对：请再选择核验包，或在公示网站上打开本页。', 'Not compared with the published ledger: choose a bundle too, or open this page on the public site.'],
  receipt_by_vkey: ['台账指纹由所给的台账签名密钥签名；指纹本身请与公布的比对。', 'The head is signed by the log key you gave; compare the head itself with the published one.'],
  receipt_by_bundle: ['已与核验包里的台账和摇号逐项比对。', 'Compared with the ledger and the draw of the bundle.'],
  receipt_only_claim: ['二维码只是摘要，全部证明在凭证文件里。', 'The code is a summary; the proof is in the receipt file.'],
  receipt_rank: ['是否抽中由随机号和抽中界线决定；名次要有全部随机号才能证明。', 'Ticket and cut decide who is drawn; the rank is proven by all tickets only.'],
  receipt_draw: ['摇号', 'Draw'],
  rc_read: ['凭证中的记录可以读出', 'The entries in the receipt can be read'],
  rc_draw: ['摇号的就是这份封存名单', 'The draw is the one of this sealed list'],
  rc_pool: ['该对象在摇号前封存的待抽名单里', 'The subject was in the pool sealed before the draw'],
  rc_ticket: ['随机号由摇号种子算出', 'The ticket follows from the seed'],
  rc_strata: ['户数、抽取数和抽中界线与摇号记录一致', 'Pool, number drawn and cut are those of the draw'],
  rc_rank: ['名次与是否抽中相符', 'The rank fits whether it was drawn'],
  rc_log: ['摇号记录在台账里，在凭证所写的台账指纹之下', 'The draw stands in the ledger under the head of the receipt'],
  rc_signed: ['台账指纹由所给的台账签名密钥签名', 'The head is signed by the log key you gave'],
  rc_claim: ['凭证文件就是二维码所说的那一份', 'The file is the one that the QR code names'],
  rc_bundle: ['所选的核验包核验通过', 'The bundle is verified'],
  rc_head: ['公布的台账里，前面这么多条记录的指纹与凭证相同，摇号在其中', 'The published ledger had this head at this size, and the draw before it'],
  rc_list: ['公布的摇号里，该对象在待抽名单的这一层', 'In the published draw the subject is in the pool of this stratum'],
  rc_drawn: ['不公开摇号的结果尚未公开', 'The result of a sealed draw, which is not public yet'],
  rc_sizes: ['待抽和抽取的数目与公布的摇号相同', 'Pool and number drawn are those of the published draw'],
  rc_cut: ['随机号和抽中界线与公布的摇号相同', 'Ticket and cut are those of the published draw'],
  rc_order: ['名次与全部随机号的顺序相同', 'The rank is that among all tickets'],
  reseed: ['换一个种子试试', 'Try another seed'],
  reseed_lead: ['结果只由封存的名单和摇号种子决定。换任何一个字，结果就完全不同；谁也无法事先挑选。', 'The sealed list and the seed alone decide. Change one character and the result is another; nobody can choose it in advance.'],
  reseed_draw: ['哪一次摇号', 'Which draw'],
  reseed_label: ['任意文字（或 64 位十六进制的种子）', 'Any text (or a seed of 64 hex digits)'],
  reseed_do: ['重摇', 'Draw'],
  reseed_same: ['与实际结果相同：抽中的 {k} 个对象一个不差。', 'The same as the real result: all {k} subjects.'],
  reseed_diff: ['抽中 {k} 个，其中 {common} 个与实际结果相同。', '{k} drawn, {common} of them as in the real result.'],
  reseed_list: ['用这个种子抽中的对象', 'Drawn by this seed'],
  reseed_also: ['也在实际结果里', 'also really drawn'],
  print: ['打印核验单', 'Print the slip'],
  again: ['核验另一个', 'Check another'],
  printed: ['由 {tool} 核验；核验页和核验包请从不同来源取得。', 'Checked by {tool}; take page and bundle from different sources.'],
  foot: ['这是留痕规范的第二种实现，与命令行核验程序各自独立编写。', 'A second implementation of the Liuhen specification, written independently of the command-line verifier.'],
  crypto_yes: ['使用浏览器自带的密码功能加速，结论不变。', 'The browser’s own cryptography speeds this up; verdicts are the same.'],
  e_head: ['没有得出结论', 'There is no verdict'],
};
WORDS['r_not-a-zip'] = ['这不是核验包：请选择扩展名为 .zip 的核验包文件，或解开后的文件夹。', 'This is no bundle: choose the .zip of a bundle, or its folder.'];
WORDS['r_cut-zip'] = ['文件不完整，多半是没有下载完：请重新下载。', 'The file is cut off, most likely an unfinished download: download it again.'];
WORDS['r_damaged-zip'] = ['文件损坏：请重新下载。', 'The file is damaged: download it again.'];
WORDS['r_zip-form'] = ['这个 zip 不是留痕写出的核验包，或被别的软件重新打包过：请取原来的文件。', 'This zip is no bundle, or was packed again by another program: get the original file.'];
WORDS.r_path = ['核验包里有不允许的文件名，没有读取。', 'The bundle has a file name that is not allowed; it was not read.'];
WORDS['r_file-too-large'] = ['核验包里有超过上限的文件，没有读取。', 'The bundle has a file above its limit; it was not read.'];
WORDS['r_too-large'] = ['超过 1 GB，浏览器里读不下：请用命令行 liuhen verify 核验。', 'Larger than 1 GB, too much for a browser: use `liuhen verify`.'];
WORDS['r_too-many-files'] = ['文件太多，这不是核验包。', 'Too many files: this is no bundle.'];
WORDS['r_no-bundle'] = ['这里没有 SHA256SUMS 文件，不是核验包。', 'There is no SHA256SUMS: this is no bundle.'];
WORDS['r_file-missing'] = ['核验包缺少必需的文件。', 'The bundle lacks a file that must be there.'];
WORDS['r_file-form'] = ['核验包里有不合格式的文件，没有读取。', 'A file of the bundle is not in the allowed form.'];
WORDS.r_sums = ['文件清单 SHA256SUMS 不合格式。', 'SHA256SUMS is not in the allowed form.'];
WORDS['r_site-missing'] = ['没有从网站读到文件。', 'A file of the site could not be read.'];
WORDS.r_unreadable = ['读取时文件变了或读不出来：请复制到本机再试。', 'A file changed or could not be read: copy it to this device and try again.'];
WORDS.r_receipt = ['这不是抽取凭证文件，或内容被改动、没有下载完。', 'This is no receipt file, or it was changed or cut off.'];
WORDS.r_claim = ['这不是抽取凭证二维码的文字：应是 liuhen/claim/1 开头的一整行。', 'This is not the text of a receipt’s QR code: one line that begins with liuhen/claim/1.'];
WORDS.r_vkey = ['log.vkey 不合格式：请取公示网站上的原文件。', 'log.vkey is not in form: get the original from the public site.'];
WORDS.r_internal = ['核验页自身出错，没有得出结论：请把下面的文字发给软件的维护者。', 'The page itself failed; there is no verdict. Send the text below to the maintainers.'];

/** Words, not data, among what a check found; they are English in the report. */
const FOUND_WORDS = [
  {
    missing: '缺失', 'not listed': '不在清单里', 'another name': '不允许的文件名', 'another hash': '散列值不同', differs: '内容不同',
    'no earlier state': '不是早先的状态', 'no such draw': '没有这次摇号', entries: '条目残缺', 'the root': '根散列不同',
    'the line of the log': '台账签名行', 'nothing waits': '没有待确认的事项', outcome: '摇号结果', change: '递补',
  },
  {},
];

let language = 0; // 0 Chinese, 1 English

function say(key, values = {}) {
  const words = WORDS[key];
  if (!words) return key;
  return words[language].replace(/\{(\w+)\}/g, (_, name) => shown(values[name]));
}
