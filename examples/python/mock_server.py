"""An example of testing a Python program against the mock server of the OnlyFans API.

It uses the vendor's own Python client, which shows that the mock server works with programs outside this workspace:

    pip install onlyfans
    cargo xtask mock --port 4010        # in another terminal; stop it with Ctrl-C
    export ONLY_FANS_API_BASE_URL=http://127.0.0.1:4010
    export ONLYFANSAPI_API_KEY=mock-api-key
    python examples/python/mock_server.py

Prints one line per step. The first failure prints a line that starts with FAIL and exits with code 1.
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
    """Runs one step of the test; any exception is a failure of the step."""
    try:
        yield
    except Exception as failure:  # including a response without the fields that the step reads
        sys.exit(f"FAIL {name}: {type(failure).__name__}: {failure}")
    print(f"ok   {name}")


def assert_equal(actual, expected):
    """Fails the step if the two values differ."""
    if actual != expected:
        raise AssertionError(f"got {actual!r}, expected {expected!r}")


def postbacks(client):
    """Creates, lists, shows, updates and deletes a Smart Link postback."""
    api = client.smart_link_postbacks
    with step("list postbacks"):
        before = [postback.id for postback in api.list().data]
    with step("create a postback"):
        created = api.create(**POSTBACK).data
        assert_equal(created.url, POSTBACK["url"])
        assert_equal(created.id in before, False)
    with step("list it"):
        assert_equal([postback.id for postback in api.list().data if postback.id not in before], [created.id])
    with step("show it"):
        shown = api.retrieve(created.id).data
        assert_equal((shown.id, shown.conversion_types), (created.id, POSTBACK["conversion_types"]))
    with step("update it"):
        # An update keeps the fields that it does not include, except these three, which are required.
        api.update(created.id, **{**POSTBACK, "url": "https://example.com/changed"})
        assert_equal(api.retrieve(created.id).data.url, "https://example.com/changed")
    with step("delete it"):
        api.delete(created.id)
    with step("check that it is gone"):
        try:
            api.retrieve(created.id)
        except onlyfansapi.NotFoundError as error:
            assert_equal(error.status_code, 404)
        else:
            raise AssertionError("the postback still exists")


def fans(client):
    """Requests one page of a list with a filter: `filter[online]=1` in the query."""
    with step("list active fans who are online"):
        page = client.fans.list_active(ACCOUNT, filter={"online": 1}, limit=5)
        assert_equal(len(page.data.list) <= 5, True)
        assert_equal(all(isinstance(fan.id, int) for fan in page.data.list), True)


def messages(client):
    """Sends a message twice with the same idempotency key, which creates one message."""
    message = {"account": ACCOUNT, "text": "Hello from a test", "idempotency_key": str(uuid.uuid4())}
    with step("send a message"):
        first = client.chats.messages.send(CHAT, **message).data
        assert_equal(isinstance(first.id, int), True)
    with step("send it again with the same key"):
        assert_equal(client.chats.messages.send(CHAT, **message).data.id, first.id)
    with step("send it with a new key"):
        message["idempotency_key"] = str(uuid.uuid4())
        assert_equal(client.chats.messages.send(CHAT, **message).data.id == first.id, False)


def main():
    # Without a base URL the client would use the real service, and this program creates and deletes data.
    base_url = os.environ.get("ONLY_FANS_API_BASE_URL", "")
    if urlsplit(base_url).hostname not in ("127.0.0.1", "::1", "localhost"):
        sys.exit("FAIL ONLY_FANS_API_BASE_URL must be a mock server on loopback, such as http://127.0.0.1:4010")
    if not os.environ.get("ONLYFANSAPI_API_KEY"):
        sys.exit("FAIL ONLYFANSAPI_API_KEY must be set to mock-api-key")
    # Without retries, each step receives the first response, even if it is an error.
    client = onlyfansapi.OnlyFansAPI(base_url=base_url, max_retries=0)
    postbacks(client)
    fans(client)
    messages(client)


if __name__ == "__main__":
    main()
