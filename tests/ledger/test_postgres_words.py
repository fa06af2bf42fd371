"""Why a server could not be used, in the reader's words; what it said itself stays for the administrator."""

from __future__ import annotations

import psycopg
import pytest

from cli import i18n
from ledger.store import postgres_faults as faults

SAID = {
    'connection failed: connection to server at "10.1.2.3", port 5432 failed: Connection refused\n\tIs the '
    "server running on that host and accepting TCP/IP connections?": "服务器没有开着，或者地址、端口不对",
    'connection failed: connection to server on socket "/run/.s.PGSQL.5432" failed: No such file or '
    "directory\n\tIs the server running locally?": "服务器没有开着，或者地址、端口不对",
    "connection timeout expired": "等不到答复",
    'connection to server at "10.1.2.3", port 5432 failed: timeout expired': "等不到答复",
    'connection to server at "10.1.2.3", port 5432 failed: Connection timed out': "等不到答复",
    'connection to server at "10.1.2.3", port 5432 failed: No route to host': "网络不通",
    'connection to server at "10.1.2.3", port 5432 failed: Network is unreachable': "网络不通",
    "failed to resolve host 'db.example': [Errno -2] Name or service not known": "找不到这个服务器名称",
    'could not translate host name "db.example" to address: Unknown host': "找不到这个服务器名称",
    "failed to resolve host 'db.example': [Errno 11001] getaddrinfo failed": "找不到这个服务器名称",
    "connection failed: SSL error: certificate verify failed": "服务器的证书核对不通过",
    'server certificate for "db" does not match host name "10.1.2.3"': "服务器的证书核对不通过",
    "SSL error: tlsv1 alert unknown ca": "服务器的证书核对不通过",
    'root certificate file "/etc/none.crt" does not exist': "本机没有核对证书用的文件",
    "server does not support SSL, but SSL was required": "服务器没有启用加密连接",
    'FATAL:  password authentication failed for user "liuhen"': "密码或角色不对",
    "fe_sendauth: no password supplied": "没有给出密码",
    'FATAL:  database "liuhen" does not exist': "没有这个数据库",
    'FATAL:  role "zhao" does not exist': "没有这个数据库角色",
    "FATAL:  sorry, too many clients already": "连接已满",
    "FATAL:  remaining connection slots are reserved for roles with the SUPERUSER attribute": "连接已满",
    'FATAL:  no pg_hba.conf entry for host "10.1.2.3", user "liuhen"': "服务器不接受本机的连接",
    "FATAL:  the database system is starting up": "服务器正在启动或关闭",
}


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    i18n.install()


@pytest.mark.parametrize(("said", "meant"), SAID.items())
def test_a_common_reason_has_words_and_keeps_what_was_said(said: str, meant: str) -> None:
    told = faults.not_let_in("postgresql://10.1.2.3/liuhen", psycopg.OperationalError(said))
    sentence = i18n.what_happened(told)
    assert f"（{meant}。原文：" in sentence
    first = said.partition("\n")[0].removeprefix("connection failed: ")
    assert first in sentence


def test_a_reason_that_nobody_thought_of_is_what_was_said() -> None:
    told = faults.not_let_in("postgresql://10.1.2.3/liuhen", psycopg.OperationalError("wire on fire"))
    assert "（原因见原文。原文：wire on fire）" in i18n.what_happened(told)


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        (psycopg.errors.DiskFull, "服务器的磁盘已满"),
        (psycopg.errors.OutOfMemory, "服务器的内存不够"),
        (psycopg.errors.TooManyConnections, "连接已满"),
        (psycopg.errors.ReadOnlySqlTransaction, "这台服务器只供读取"),
        (psycopg.errors.InsufficientPrivilege, "没有授予这项权限"),
        (psycopg.errors.DataCorrupted, "服务器发现数据损坏"),
        (psycopg.errors.UndefinedTable, "少了台账的表"),
    ],
)
def test_what_a_session_meets_has_words_too(kind: type[psycopg.Error], meant: str) -> None:
    told = faults.meaning(kind("as it was said"), "postgresql://10.1.2.3/liuhen", writing=True)
    assert told is not None
    assert f"（{meant}。原文：as it was said）" in i18n.what_happened(told)
