"""nginx with the example of docs/production.md: only ports, certificate and folders are different here."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPSConnection
from io import BufferedReader
from pathlib import Path

from dev import PROGRAMS
from tests.operation.production import PATIENCE, ROOT, until
from tests.operation.proxied import HOST, Visitor

GUIDE = ROOT / "docs" / "production.md"
CERTIFICATE = ROOT / "tests" / "jobs" / "localhost.pem"
AROUND = """
daemon off;
{user}
pid nginx.pid;
events {{}}
http {{
    include /etc/nginx/mime.types;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
{example}
}}
"""


def example() -> str:
    """The example as it stands in the guide."""
    (found,) = (block for block in re.findall(r"^```\n(.*?)^```", GUIDE.read_text(), re.M | re.S) if "listen" in block)
    return str(found)


@dataclass(frozen=True)
class Nginx:
    """A running nginx: where it listens, and where it writes."""

    folder: Path
    https: int
    http: int

    def visitor(self, address: str = "127.0.0.1") -> Outside:
        return Outside(self.https, address)

    def said(self) -> str:
        """All that stands in its logs."""
        return "".join(log.read_text() for log in self.folder.glob("*.log"))


class Outside(Visitor):
    """Somebody with a browser in front of the proxy, who comes from an address of this machine."""

    def __init__(self, port: int, address: str) -> None:
        super().__init__(port)
        self.address = address
        self.headers = {"Host": HOST, "Referer": f"https://{HOST}/"}

    def line(self) -> HTTPSConnection:
        return HTTPSConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, source_address=(self.address, 0), context=_trusting()
        )


def _trusting() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=CERTIFICATE)


def over_http2(port: int, **headers: str) -> bytes:
    """What comes back by HTTP/2 for the head of a request whose body does not come."""
    context = _trusting()
    context.set_alpn_protocols(["h2"])
    plain = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    with context.wrap_socket(plain, server_hostname="localhost") as line:
        assert line.selected_alpn_protocol() == "h2"
        told = {":scheme": "https", ":authority": HOST, **headers}
        packed = b"".join(b"\0" + _counted(name) + _counted(value) for name, value in told.items())
        line.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + _frame(0x4, 0, 0) + _frame(0x1, 0x4, 1, packed))
        with line.makefile("rb") as incoming:
            return b"".join(_data(incoming))


def _counted(text: str) -> bytes:
    return bytes([len(text)]) + text.encode()


def _frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return len(payload).to_bytes(3) + bytes([kind, flags]) + stream.to_bytes(4) + payload


def _data(incoming: BufferedReader) -> Iterator[bytes]:
    """The payload of the frames of an answer, until the one that is marked as the last."""
    last = False
    while not last and (head := incoming.read(9)):
        payload, is_data = incoming.read(int.from_bytes(head[:3])), head[3] == 0
        last = is_data and bool(head[4] & 0x1)
        if is_data:
            yield payload


@contextlib.contextmanager
def nginx(folder: Path, application: int) -> Iterator[Nginx]:
    """nginx in front of an application at this port."""
    program = next(filter(None, map(shutil.which, PROGRAMS["nginx"])), None)
    assert program, "no nginx: `dev.py test` installs it, --without-browser leaves these tests out"
    made = Nginx(folder, *_free_ports(2))
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers may not read this folder
    (folder / "nginx.conf").write_text(AROUND.format(user=user, example=_here(made, application)))
    words = [program, "-p", str(folder), "-c", "nginx.conf", "-e", "start.log"]
    process = subprocess.Popen(words, stderr=subprocess.DEVNULL)
    try:
        until(lambda: process.poll() is not None or _listens(made.http), "nginx listens")
        assert process.poll() is None, made.said()
        yield made
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _here(made: Nginx, application: int) -> str:
    said = example()
    live = f"/etc/letsencrypt/live/{HOST}"
    here = {
        "listen 443 ": f"listen 127.0.0.1:{made.https} ", "listen [::]:443 ": f"listen 127.0.0.2:{made.https} ",
        "listen 80;": f"listen 127.0.0.1:{made.http};", "listen [::]:80;": f"listen 127.0.0.2:{made.http};",
        f"{live}/fullchain.pem": str(CERTIFICATE), f"{live}/privkey.pem": str(CERTIFICATE),
        "127.0.0.1:8000;": f"127.0.0.1:{application};", "/var/log/nginx": str(made.folder),
        "/opt/teilhabe/": f"{ROOT}/", "/var/www/html": str(made.folder),
    }  # fmt: skip
    for theirs, ours in here.items():
        assert theirs in said, theirs
        said = said.replace(theirs, ours)
    return said


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in sockets]


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), PATIENCE):
        return True
    return False
