"""Chinese names of nouns and verbs: `liuhen 摇号 现场` is `liuhen draw ceremony`.

A noun or verb has one Chinese name, which belongs to it alone. `EARLIER` keeps the names of earlier versions
working without showing them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from cli.i18n import _, language_in_use

NOUNS: Mapping[str, str] = {
    "todo": "待办",
    "import": "导入",
    "init": "建账",
    "template": "模板",
    "key": "密钥",
    "policy": "细则",
    "calendar": "工作日",
    "tags": "标签",
    "item": "事项",
    "subject": "对象",
    "officer": "人员",
    "expert": "专家",
    "member": "成员",
    "history": "往年",
    "superior": "上级计划",
    "list": "名录",
    "conflict": "利害关系",
    "plan": "计划",
    "task": "任务",
    "draw": "摇号",
    "platform": "平台",
    "map": "列对照",
    "recuse": "回避",
    "inspect": "检查",
    "result": "公示",
    "form": "表格",
    "followup": "后续处置",
    "bulletin": "通报",
    "activity": "工作情况",
    "report": "报表",
    "stats": "统计",
    "correct": "更正",
    "void": "作废",
    "private": "私密内容",
    "attach": "附件",
    "confirm": "确认",
    "sign": "签名",
    "log": "台账",
    "clock": "时钟",
    "bundle": "核验包",
    "site": "网站",
    "receipt": "凭证",
    "verify-receipt": "验凭证",
    "cosign": "联署",
    "stamp": "时间戳",
    "verify": "核验",
    "trail": "轨迹",
    "replay": "回放",
    "county": "全县",
    "audit": "疑点筛查",
    "fairness": "公平性",
    "forensics": "旧抽查鉴别",
    "archive": "归档",
    "year": "年度",
    "handover": "交接",
    "backup": "备份",
    "restore": "恢复",
    "doctor": "体检",
    "repair": "修复",
    "store": "存储",
    "move": "迁移",
    "rule": "规则",
}
VERBS: Mapping[str, str] = {
    "abort": "中止",
    "absent": "请假",
    "accept": "收取",
    "add": "增加",
    "adopt": "采用",
    "amend": "调整",
    "answer": "签署",
    "approve": "批准",
    "attend": "到场",
    "back": "销假",
    "bisect": "定位",
    "ceremony": "现场",
    "change": "修改",
    "check": "审查",
    "close": "办结",
    "open": "开启",
    "codes": "代码",
    "build": "生成",
    "commit": "封存",
    "compare": "比对",
    "confirm": "确认",
    "correct": "校正",
    "database": "数据库",
    "declare": "申报",
    "diff": "对照",
    "enroll": "登记密钥",
    "erase": "删除",
    "exclude": "剔除",
    "exclude-list": "批量剔除",
    "export": "导出",
    "extend": "延期",
    "fetch": "取出",
    "file": "备案",
    "fill": "补抽",
    "freeze": "封存名单",
    "import": "导入",
    "issue": "印发",
    "library": "表格库",
    "link": "沿革",
    "list": "列表",
    "name": "命名",
    "new": "新建",
    "notice": "通知",
    "overview": "总览",
    "passphrase": "改口令",
    "preview": "试算",
    "print": "打印",
    "protect": "限权",
    "public-value": "公共随机数",
    "publish": "公布",
    "receipt": "回执",
    "receive": "接收",
    "reconcile": "对账",
    "record": "记录",
    "register": "登记",
    "reject": "退回",
    "renew-log": "更换台账密钥",
    "remove": "移除",
    "request": "请求",
    "result": "部门结果",
    "return": "退审",
    "reveal": "启封",
    "review": "审核",
    "revoke": "吊销",
    "run": "摇出",
    "sheet": "录入表",
    "show": "查看",
    "sign": "签字",
    "submit": "提交",
    "superior": "上级",
    "task": "任务情况",
    "template": "取模板",
    "timeline": "时间线",
    "unplanned": "计划外",
    "unseal": "解封",
    "unsuitable": "不适宜",
    "use": "使用",
    "withdraw": "撤回",
    "evidence": "证据",
    "init": "设立",
    "policy": "联署规则",
    "serve": "值守",
    "sql": "建表语句",
    "status": "状态",
    "trust": "信任",
    "write": "写出",
}
EARLIER: Mapping[tuple[str, str], str] = {("sign", "file"): "answer", ("sign", "take"): "accept"}
"""(noun, verb of an earlier version) → verb."""


def noun_named(typed: str) -> str:
    """The noun that a typed word means; the word itself when it is none of ours."""
    return _NOUN_OF.get(typed, typed)


_NOUN_OF = {**{alias: noun for noun, alias in NOUNS.items()}, "due": "todo"}


class Verbs(click.Group):
    """A group whose verbs may be typed in Chinese too. `noun` is the word that leads to it."""

    noun = ""

    def named(self, typed: str) -> str:
        """The verb that a typed word means; the word itself when it is none of ours."""
        if typed in self.commands:
            return typed
        earlier = EARLIER.get((self.noun, typed), "")
        return earlier or next((verb for verb in self.commands if VERBS.get(verb) == typed), typed)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        return super().resolve_command(ctx, [*map(self.named, args[:1]), *args[1:]])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        rows = [
            (both(name, VERBS), self.commands[name].get_short_help_str(80))
            for name in self.list_commands(ctx)
            if not self.commands[name].hidden
        ]
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)


def both(name: str, names: Mapping[str, str]) -> str:
    """A name with its Chinese, for help; the name alone for who reads English."""
    alias = names.get(name, "")
    return f"{name} {alias}" if alias and language_in_use() != "en" else name


def aliased(command: click.Command, noun: str) -> click.Command:
    """The same command, its verbs answering to their Chinese names too."""
    if not isinstance(command, click.Group):
        return command
    parts = {name: aliased(part, noun) for name, part in command.commands.items()}
    settings: dict[str, Any] = {
        "callback": command.callback,
        "params": command.params,
        "help": command.help,
        "epilog": command.epilog,
        "short_help": command.short_help,
        "invoke_without_command": command.invoke_without_command,
        "no_args_is_help": command.no_args_is_help,
        "hidden": command.hidden,
        "context_settings": command.context_settings,
    }
    own = type(command)
    made_of = Verbs if own is click.Group else type("Verbs", (Verbs, own), {})
    made: Verbs = made_of(command.name, parts, **settings)
    made.noun = noun
    return made
