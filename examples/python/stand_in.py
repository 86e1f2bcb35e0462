"""How a program in Python is tested against the stand-in of the OnlyFans API.

It uses the vendor's own client, so it shows that the stand-in serves programs that know nothing of this
workspace:

    pip install onlyfans
    cargo xtask mock --port 4010        # in another terminal, until it is stopped
    export ONLY_FANS_API_BASE_URL=http://127.0.0.1:4010
    export ONLYFANSAPI_API_KEY=test-key-of-the-stand-in
    python examples/python/stand_in.py

It prints a line for each step; the first miss ends it with a line of its own and exit code 1.
"""

import os
import sys
import uuid
from contextlib import contextmanager
from urllib.parse import urlsplit

import onlyfansapi

ACCOUNT = "acct_XXXXXXXXXXXXXXX"
CHAT = "123"
POSTBACK = {
    "url": "https://example.com/postback?click={external_click_id}",
    "smart_link_scope": "global",
    "conversion_types": ["new_subscriber"],
}


@contextmanager
def step(name):
    """Runs one step of the test; whatever goes wrong in it is a miss."""
    try:
        yield
    except Exception as miss:  # also an answer that has not the fields that the step reads
        sys.exit(f"MISS {name}: {type(miss).__name__}: {miss}")
    print(f"ok   {name}")


def same(got, wanted):
    """Fails the step when the two differ."""
    if got != wanted:
        raise AssertionError(f"got {got!r}, not {wanted!r}")


def postbacks(client):
    """A Smart Link postback from its creation to its end."""
    api = client.smart_link_postbacks
    with step("list postbacks"):
        before = [postback.id for postback in api.list().data]
    with step("create a postback"):
        created = api.create(**POSTBACK).data
        same(created.url, POSTBACK["url"])
        same(created.id in before, False)
    with step("list it"):
        same([postback.id for postback in api.list().data if postback.id not in before], [created.id])
    with step("show it"):
        shown = api.retrieve(created.id).data
        same((shown.id, shown.conversion_types), (created.id, POSTBACK["conversion_types"]))
    with step("update it"):
        # What an update does not name keeps its value; these three fields have to be named.
        api.update(created.id, **{**POSTBACK, "url": "https://example.com/changed"})
        same(api.retrieve(created.id).data.url, "https://example.com/changed")
    with step("delete it"):
        api.delete(created.id)
    with step("see that it is gone"):
        try:
            api.retrieve(created.id)
        except onlyfansapi.NotFoundError as gone:
            same(gone.status_code, 404)
        else:
            raise AssertionError("it is still there")


def fans(client):
    """A page of a list, with a filter: `filter[online]=1` in the query."""
    with step("list active fans who are online"):
        page = client.fans.list_active(ACCOUNT, filter={"online": 1}, limit=5)
        same(len(page.data.list) <= 5, True)
        same(all(isinstance(fan.id, int) for fan in page.data.list), True)


def messages(client):
    """A message that is sent twice with one key is one message."""
    message = {"account": ACCOUNT, "text": "Hello from a test", "idempotency_key": str(uuid.uuid4())}
    with step("send a message"):
        first = client.chats.messages.send(CHAT, **message).data
        same(isinstance(first.id, int), True)
    with step("send it again with the same key"):
        same(client.chats.messages.send(CHAT, **message).data.id, first.id)
    with step("send it with a new key"):
        message["idempotency_key"] = str(uuid.uuid4())
        same(client.chats.messages.send(CHAT, **message).data.id == first.id, False)


def main():
    # Without a base URL the client would ask the real service, and this program writes.
    base_url = os.environ.get("ONLY_FANS_API_BASE_URL", "")
    if urlsplit(base_url).hostname not in ("127.0.0.1", "::1", "localhost"):
        sys.exit("MISS ONLY_FANS_API_BASE_URL has to name a stand-in on loopback, such as http://127.0.0.1:4010")
    if not os.environ.get("ONLYFANSAPI_API_KEY"):
        sys.exit("MISS ONLYFANSAPI_API_KEY has to be set, to test-key-of-the-stand-in")
    # No retries: a step sees the first answer of the stand-in, be it an error.
    client = onlyfansapi.OnlyFansAPI(base_url=base_url, max_retries=0)
    postbacks(client)
    fans(client)
    messages(client)


if __name__ == "__main__":
    main()
