"""Addresses that nothing of ours may reach, and names that lead where they should not.

`{canary}` in an address stands for a port that is listened on, so that every connection is seen.
"""

from __future__ import annotations

import socket
from typing import Any

import pytest

# A host is refused for where it is, and not for its port.
EVERY_PORT = frozenset(range(1, 65_536))

# Names, and where each leads when it is asked for the first time.
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "metadata.google.internal": ["169.254.169.254"],
    "printer.example": ["192.168.1.20"],
    "pictures.example": ["93.184.216.34", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"],
    "rebinding.example": ["93.184.216.34", "10.0.0.1"],
    "127.1.example": ["127.0.0.1"],
    "localtest.example": ["::1"],
    "mixed.example": ["93.184.216.34", "fd00::1"],
}
REBINDING_LATER = "rebinding-later.example"

HOSTILE = [
    # loopback, in every spelling that some resolver understands
    "http://127.0.0.1:{canary}/",
    "http://127.1:{canary}/",
    "http://127.0.1:{canary}/",
    "http://2130706433:{canary}/",
    "http://0x7f000001:{canary}/",
    "http://0x7f.0.0.1:{canary}/",
    "http://0177.0.0.1:{canary}/",
    "http://017700000001:{canary}/",
    "http://localhost:{canary}/",
    "http://LOCALHOST.:{canary}/",
    "http://127.0.0.1.:{canary}/",
    "http://127.255.255.254:{canary}/",
    "http://0177.1:{canary}/",
    "http://0x7f.1:{canary}/",
    "http://00000177.0.0.1:{canary}/",
    "http://127.0.0x0.01:{canary}/",
    "http://127.1.example:{canary}/",
    "http://localtest.example:{canary}/",
    "http://\uff11\uff12\uff17.0.0.1:{canary}/",
    "http://\u0661\u0662\u0667.0.0.1:{canary}/",
    "http://127\uff0e0\uff0e0\uff0e1:{canary}/",
    "http://\uff2c\uff2f\uff23\uff21\uff2c\uff28\uff2f\uff33\uff34:{canary}/",
    "http://loc\u00adalhost:{canary}/",
    "http://\u24db\u24de\u24d2\u24d0\u24db\u24d7\u24de\u24e2\u24e3:{canary}/",
    "https://127.0.0.1:{canary}/",
    "http://[::1]:{canary}/",
    "http://[0:0:0:0:0:0:0:1]:{canary}/",
    "http://\u2460\u2461\u2466.0.0.1/",
    "http://127\u30020\u30020\u30021/",
    "http://127%2e0%2e0%2e1/",
    # what else is not public
    "http://0:{canary}/",
    "http://0.0.0.0:{canary}/",
    "http://[::]:{canary}/",
    "http://10.1.2.3/",
    "http://172.31.255.255/",
    "http://192.168.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0xa9fea9fe/",
    "http://100.64.0.1/",
    "http://192.0.0.8/",
    "http://198.18.0.1/",
    "http://203.0.113.1/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://240.0.0.1/",
    "http://[fe80::1]/",
    "http://[fec0::1]/",
    "http://[100::1]/",
    "http://[::1%25lo]:{canary}/",
    "http://[::1%lo]:{canary}/",
    "http://[fe80::1%25eth0]/",
    "http://[2606:4700::1111%25eth0]/",
    "http://[fd00::1]/",
    "http://[ff02::1]/",
    "http://[2001:db8::1]/",
    # IPv4 inside of IPv6
    "http://[::ffff:127.0.0.1]:{canary}/",
    "http://[::ffff:93.184.216.34]/",
    "http://[::127.0.0.1]:{canary}/",
    "http://[64:ff9b::7f00:1]:{canary}/",
    "http://[64:ff9b::169.254.169.254]/",
    "http://[64:ff9b:1::a00:1]/",
    "http://[::ffff:7f00:1]:{canary}/",
    "http://[::ffff:0:127.0.0.1]:{canary}/",
    "http://[::ffff:169.254.169.254]/",
    "http://[2002:a9fe:a9fe::]/",
    "http://[2002:7f00:1::]:{canary}/",
    "http://[2001:0:7f00:1::]/",
    # names
    "http://metadata.google.internal/",
    "http://printer.example/",
    "http://rebinding.example/",
    "http://mixed.example/",
    # what parsers read differently
    "http://127.0.0.1:1\\@pictures.example/",
    "http://pictures.example\\@127.0.0.1/",
    "http://pictures.example:80:x@127.0.0.1/",
    "http://pictures.example@127.0.0.1/",
    "http://user:secret@pictures.example/",
    "http://@pictures.example/",
    "http://127.0.0.1#@pictures.example/",
    "http:///127.0.0.1/",
    "http:/127.0.0.1/",
    "http:127.0.0.1",
    "//127.0.0.1/",
    "http://",
    "http://:80/",
    "http://pictures.example:0/",
    "http://pictures.example:99999/",
    "http://pictures.example:8o/",
    "http://pictures..example/",
    "http://" + "a" * 70 + ".example/",
    "http://pictures.example/ HTTP/1.1\r\nHost: 127.0.0.1",
    "http://pictures.example/\r\nX-Injected: 1",
    "http://pictures.example\r\n.127.0.0.1:{canary}/",
    "http://127.0.0.1:{canary}\t/",
    "http://127.0.0.1\n:{canary}/",
    "http://pictures.example%40127.0.0.1:{canary}/",
    "http://127.0.0.1%00.pictures.example/",
    "http://127.0.0.1%0d%0a:{canary}/",
    "http:\\\\127.0.0.1:{canary}\\",
    "http://127.0.0.1:{canary}\\.pictures.example/",
    "http://pictures.example:80@127.0.0.1:{canary}/",
    "http://pictures.example/a b",
    "http://pictures.example/\u2028a",
    "http://pict\tures.example/",
    "http://[::1/",
    "http://[pictures.example]/",
    # other schemes
    "pictures.example",
    "file:///etc/passwd",
    "ftp://pictures.example/",
    "gopher://pictures.example/",
    "data:image/png;base64,AAAA",
    "javascript:alert(1)",
    "unix:///var/run/docker.sock",
    "http+unix://%2Fvar%2Frun%2Fdocker.sock/",
    "dict://127.0.0.1:{canary}/",
    "ldap://127.0.0.1:{canary}/",
    "sftp://127.0.0.1:{canary}/",
    "tftp://127.0.0.1:{canary}/",
    "jar:http://127.0.0.1:{canary}!/",
    "view-source:http://127.0.0.1:{canary}/",
    "ws://127.0.0.1:{canary}/",
    "ht\u200btp://127.0.0.1:{canary}/",
    "about:blank",
]

# What the parameters of most doors turn away before anybody reads it as an address.
HOSTILE_AS_TEXT = [
    "http://pictures.example/\x00",
    "http://\ud800.example/",
    "http://pictures.example/" + "a" * 10_000,
    "",
    " http://pictures.example/",
]


def at(url: str, canary: int) -> str:
    """Return an address of the tables with the port filled in."""
    return url.replace("{canary}", str(canary))


def patch_resolver(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Resolve names from the table above, numbers as the system does; return what is asked.

    The name rebinding-later.example leads to a public address once, and to a private one after.
    """
    asked: list[str] = []
    system = socket.getaddrinfo

    def look_up(host: str, port: int, *hints: int, **more: int) -> list[Any]:
        places = NAMES.get(host, [host])
        if host == REBINDING_LATER:
            places = ["127.0.0.1" if host in asked else "93.184.216.34"]
        asked.append(host)
        more["flags"] = socket.AI_NUMERICHOST
        return [each for ip in places for each in system(ip, port, *hints, **more)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked
