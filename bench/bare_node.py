"""The counterpart's node: takes signed messages, checks each, inserts one durable row for each, answers signed.

    python -m bench.bare_node PORT DATABASE_URL

Nothing of the product runs here but its signatures: this is the least that such a network can do.
"""

import json
import sys

import psycopg
import uvicorn

from tarazy.adapters.keys import SigningKey, verifier
from tarazy.protocol import jws

KEY = SigningKey(b"bench-bare-key-32-bytes-long....")
SIGN, VERIFY = KEY.signer(), verifier(KEY.public)


def signed(payload: dict[str, object]) -> str:
    return jws.sign(json.dumps(payload).encode(), "bare#1", SIGN)


def opened(text: str) -> dict[str, object]:
    read = jws.read(text)
    assert VERIFY(read.signature, read.signed_bytes)
    return json.loads(read.payload)


def insert(connection: psycopg.Connection, texts: list[str]) -> None:
    """One durable row for each message of the batch, one commit."""
    with connection.transaction():
        connection.execute("INSERT INTO bare (text) SELECT unnest(%s::text[])", (texts,), prepare=True)


def application(url: str):
    connection = psycopg.connect(url, autocommit=True)

    async def app(scope, receive, send) -> None:
        if scope["type"] != "http":
            return
        body = b""
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        texts = json.loads(body)
        orders = [opened(text) for text in texts]
        insert(connection, texts)
        answer = json.dumps([signed({"answer": order["order"], "shares": [1, 2, 3]}) for order in orders]).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": answer})

    return app


if __name__ == "__main__":
    uvicorn.run(
        application(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False,
        loop="uvloop", http="httptools",
    )  # fmt: skip
