"""Drive an HTTP server over a few connections that stay open, each sending its next request as soon as it is answered.

One thread, raw sockets: the client shares the machine with the server it measures, so it has to be cheap.
"""

from __future__ import annotations

import selectors
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

_ENOUGH = 64 * 1024


@dataclass
class Run:
    """What one run saw. ``seconds`` are those of each call, ``statuses`` those that were not 200, ``own`` the client's CPU seconds."""

    seconds: list[float] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    lasted: float = 0.0
    own: float = 0.0

    @property
    def per_second(self) -> float:
        """Calls answered in a second."""
        return len(self.seconds) / self.lasted

    def within(self, share: float) -> float:
        """The milliseconds within which this share of the calls was answered."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


class _Line:
    """One connection: what it waits for, and since when."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.heard, self.expects, self.asked_at = bytearray(), 0, 0.0

    def ask(self, request: bytes) -> None:
        self.heard, self.expects = bytearray(), 0
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def hear(self) -> int | None:
        """The status once the answer is whole. Raises ConnectionError when the server hangs up."""
        piece = self.socket.recv(_ENOUGH)
        if not piece:
            raise ConnectionError("the server closed a connection that was to stay open")
        self.heard += piece
        if not self.expects:
            head, end, _ = self.heard.partition(b"\r\n\r\n")
            if not end:
                return None
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            self.expects = len(head) + len(end) + int(length.split(b":")[1])
        return int(self.heard[9:12]) if len(self.heard) >= self.expects else None


def drive(port: int, requests: Iterator[bytes], connections: int, seconds: float) -> Run:
    """Send requests for so long, then let those under way be answered."""
    run, selector = Run(), selectors.DefaultSelector()
    lines = [_Line(port) for _ in range(connections)]
    for line in lines:
        selector.register(line.socket, selectors.EVENT_READ, line)
    began, spent = time.perf_counter(), time.thread_time()
    for line in lines:
        line.ask(next(requests))
    while selector.get_map():
        for key, _ in selector.select():
            line = key.data
            status = line.hear()
            if status is None:
                continue
            now = time.perf_counter()
            run.seconds.append(now - line.asked_at)
            if status != 200:
                run.statuses.append(status)
            if now - began < seconds:
                line.ask(next(requests))
            else:
                selector.unregister(line.socket)
                line.socket.close()
    run.lasted, run.own = time.perf_counter() - began, time.thread_time() - spent
    selector.close()
    return run


def post(path: str, body: bytes, **headers: str) -> bytes:
    """The bytes of one POST of JSON."""
    head = {"Host": "127.0.0.1", "Content-Type": "application/json", "Content-Length": str(len(body)), **headers}
    return "".join([f"POST {path} HTTP/1.1\r\n", *(f"{name}: {value}\r\n" for name, value in head.items()), "\r\n"]).encode() + body
