"""What honest officers write: no two records have to say the same."""

from __future__ import annotations

from random import Random

WHERE = (
    "现场查看经营场所",
    "查阅台账",
    "核对登记信息",
    "抽查进货票据",
    "询问负责人",
    "查看仓库",
    "核对许可证件",
    "查看公示栏",
)
FINE = (
    "证照齐全",
    "与登记一致",
    "台账记录完整",
    "票据可追溯",
    "人员持证上岗",
    "设备在检验有效期内",
    "制度已上墙",
    "环境整洁",
)
WRONG = (
    "进货查验记录缺{n}笔",
    "第{n}号货架有过期商品",
    "从业人员健康证过期{n}天",
    "灭火器{n}具超期未检",
    "价格标签缺{n}处",
    "{n}份合同未归档",
    "年报从业人数少报{n}人",
    "电梯年检逾期{n}天",
)
GONE = (
    "登记地址为居民楼，无该企业",
    "场所锁闭，邻居称搬走约{n}个月",
    "电话停机，现场为其他商户",
    "物业称{n}年前已退租",
)
ADVICE = (
    "加强自查",
    "完善台账",
    "按期整改",
    "学习有关规定",
    "保持现有做法",
    "落实专人负责",
    "补齐记录",
    "下月自行复查",
)


def fine(dice: Random) -> str:
    """A record of a visit that found nothing."""
    return f"{'，'.join(dice.sample(WHERE, 2))}：{'，'.join(dice.sample(FINE, 3))}（{dice.randint(2, 90)}项）"


def wrong(dice: Random) -> str:
    """A record of a problem."""
    parts = (text.format(n=dice.randint(1, 30)) for text in dice.sample(WRONG, 2))
    return f"{dice.choice(WHERE)}：{'；'.join(parts)}"


def gone(dice: Random) -> str:
    """A record of a visit that met nobody."""
    return (
        dice.choice(GONE).format(n=dice.randint(1, 11))
        + f"，{dice.choice(WHERE)}，拍照{dice.randint(2, 9)}张"
    )


def advice(dice: Random) -> str:
    return "，".join(dice.sample(ADVICE, 2)) + f"（{dice.randint(1, 60)}）"
