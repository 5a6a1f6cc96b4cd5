"""The server that the browser's tests stand on keeps nothing open when a browser hangs up."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterable, Iterator

from werkzeug.serving import make_server
from werkzeug.wrappers import Response

from tests.browser.conftest import given_whole

ANSWER = b"the whole answer"
HANGS_UP_AT_ONCE = struct.pack("ii", 1, 0)


def test_an_answer_is_closed_although_the_browser_reset_the_connection() -> None:
    answered, hung_up, closed = threading.Event(), threading.Event(), threading.Event()

    def pieces() -> Iterator[bytes]:
        yield ANSWER
        answered.set()
        assert hung_up.wait(10)

    def answer(environ: dict[str, object], start_response: object) -> Iterable[bytes]:
        response = Response(pieces(), headers={"Content-Length": str(len(ANSWER))})
        response.call_on_close(closed.set)
        return response(environ, start_response)  # type: ignore[arg-type]

    server = make_server("127.0.0.1", 0, given_whole(answer), threaded=True)
    try:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser = socket.create_connection(("127.0.0.1", server.server_port))
        browser.sendall(b"GET / HTTP/1.1\r\nHost: teilhabe\r\n\r\n")
        assert answered.wait(10)
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, HANGS_UP_AT_ONCE)
        browser.close()
        hung_up.set()
        assert closed.wait(10)
    finally:
        server.shutdown()
        server.server_close()
