"""The document says what the API does: valid OpenAPI 3.1 in which every call of ours is found."""

from pathlib import Path

from aiohttp import web
from openapi_spec_validator import validate

from core.doors import ANYONE, RESIDENT, door_of
from mini_program_api.border import BASE
from mini_program_api.routes import ROUTES
from mini_program_api.routes.document import document

PROMISED = {
    ("post", "/session"),
    ("get", "/consents"),
    ("get", "/patients"),
    ("post", "/patients"),
    ("post", "/patients/{id}/health-card"),
    ("get", "/patients/{id}/health-card/code"),
    ("get", "/organizations"),
    ("get", "/departments"),
    ("get", "/practitioners"),
    ("get", "/slots"),
    ("post", "/appointments"),
    ("get", "/appointments"),
    ("get", "/appointments/{id}"),
    ("post", "/appointments/{id}/payment"),
    ("post", "/appointments/{id}/cancellation"),
    ("post", "/subscriptions"),
    ("get", "/encounters/{id}"),
    ("get", "/encounters/{id}/messages"),
    ("post", "/encounters/{id}/messages"),
    ("post", "/encounters/{id}/room-ticket"),
    ("get", "/medication-requests"),
    ("get", "/medication-requests/{id}"),
    ("post", "/medication-requests/{id}/payment"),
    ("post", "/medication-dispenses/{id}/receipt"),
}


def operations():
    """Every operation of the document."""
    return {
        (method, path): operation
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
    }


def test_the_document_is_valid_and_holds_what_the_contract_promises():
    validate(document())
    assert set(operations()) >= PROMISED
    assert document()["openapi"].startswith("3.1")


def test_every_route_of_the_api_is_described_and_has_a_door():
    routes = [r for table in ROUTES for r in table if isinstance(r, web.RouteDef)]
    silent = [r.path for r in routes if not hasattr(r.handler, "endpoint")]
    files = BASE + "/conversations/{id}/files/{seq:\\d+}"  # bytes, as they are
    assert silent == [files, f"{BASE}/openapi.json"]
    assert all(door_of(r.handler) in ({RESIDENT}, {ANYONE}) for r in routes)
    assert all(r.path.startswith(f"{BASE}/") for r in routes)


def test_without_a_session_only_signing_in_the_texts_and_a_guests_link_are_open():
    public = {key for key, one in operations().items() if one.get("security") == []}
    guests = {key for key in public if key[1].startswith("/guest-")}
    assert public - guests == {("post", "/session"), ("get", "/consents")}
    for key, operation in operations().items():
        asks = key != ("get", "/consents") and not key[1].startswith("/guest-links/")
        assert ("401" in operation["responses"]) is asks, key


def test_what_books_or_pays_asks_for_a_key():
    required = {
        key
        for key, operation in operations().items()
        for parameter in operation["parameters"]
        if parameter["name"] == "Idempotency-Key" and parameter["required"]
    }
    assert required == {
        ("post", "/complaints"),
        ("post", "/contracts"),
        ("post", "/contracts/{id}/payment"),
        ("post", "/appointments/{id}/acceptance"),
        ("post", "/appointments"),
        ("post", "/appointments/{id}/payment"),
        ("post", "/appointments/{id}/remedy"),
        ("post", "/encounters"),
        ("post", "/patients/{id}/readings"),
        ("post", "/medication-requests/{id}/order"),
        ("post", "/medication-requests/{id}/payment"),
        ("post", "/waiting-wishes/{id}/acceptance"),
    }


def test_refusals_are_problems_and_nothing_is_left_to_default():
    for key, operation in operations().items():
        responses = operation["responses"]
        assert "default" not in responses, key
        assert "429" in responses, key
        for status, response in responses.items():
            if int(status) >= 400:
                assert response == {"$ref": f"#/components/responses/{status}"}, (key, status)
    for response in document()["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]


def test_lists_and_parameters_have_types_and_limits():
    slots = operations()["get", "/slots"]
    parameters = {p["name"]: p for p in slots["parameters"]}
    assert parameters["date"]["required"]
    assert parameters["date"]["schema"]["format"] == "date"
    assert parameters["practitioner_id"]["schema"]["format"] == "uuid"
    listed = {p["name"]: p["schema"] for p in operations()["get", "/appointments"]["parameters"]}
    assert (listed["limit"]["minimum"], listed["limit"]["maximum"]) == (1, 100)
    one = operations()["get", "/appointments/{id}"]
    assert one["parameters"][0]["schema"] == {"type": "string", "format": "uuid"}
    assert {"200", "304", "401", "404", "429"} == set(one["responses"])
    wish = operations()["delete", "/waiting-wishes/{id}"]
    assert wish["parameters"][0]["schema"]["pattern"] == "^[0-9]{1,18}$"


def test_the_page_about_the_api_knows_every_path():
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text()
    paths = {path for _, path in operations()}
    names = {path: [part for part in path.split("/") if "{" not in part][-1] for path in paths}
    assert sorted(path for path, name in names.items() if name not in page) == []


def test_descriptions_are_ours_and_not_a_librarys():
    for key, operation in operations().items():
        assert operation["summary"].endswith("."), key
        assert operation["operationId"].startswith("mp_"), key
