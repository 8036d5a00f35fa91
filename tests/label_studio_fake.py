"""As much of Label Studio's interface as we use, in this process, with the same traps.

It ends with the block that opened it. The contract suite runs on it and on a real server
(``tests/functional/test_label_studio_client.py``): where they differ, this one is wrong.
"""

import base64
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

from flask import Flask, Response, abort, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue
from lxml import etree
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.label_studio import EMAIL, TOKEN, LabelStudio
from workbench.canonical import Json, JsonObject

SIGN_UP = "/user/signup/"
PAGE = "<!doctype html><title>Label Studio</title>"


@dataclass
class Store:
    """All that the server keeps, by number."""

    people: dict[int, JsonObject] = field(default_factory=dict)
    projects: dict[int, JsonObject] = field(default_factory=dict)
    tasks: dict[int, JsonObject] = field(default_factory=dict)
    annotations: dict[int, JsonObject] = field(default_factory=dict)
    predictions: dict[int, JsonObject] = field(default_factory=dict)
    webhooks: dict[int, JsonObject] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)  # the kind of each, until it is revoked
    owners: dict[str, int] = field(default_factory=lambda: {TOKEN: 1})  # of legacy tokens

    def add(self, kind: dict[int, JsonObject], **said: Json) -> JsonObject:
        """Keep one more thing; as on SQLite, the number of the last one may come again."""
        number = max(kind, default=0) + 1
        kind[number] = {"id": number, "created_at": now(), "updated_at": now(), **said}
        return kind[number]

    def find(self, kind: dict[int, JsonObject], number: int) -> JsonObject:
        """Return one thing; a missing one is answered with 404."""
        return kind.get(number) or refuse(404, "Nothing matches the given query.")

    def drop(self, kind: dict[int, JsonObject], number: int) -> ResponseReturnValue:
        """Delete one thing with all that is of it."""
        del kind[self.find(kind, number)["id"]]
        owners = {"project": self.projects, "task": self.tasks}
        for others in (self.tasks, self.annotations, self.predictions, self.webhooks):
            for one in [*others.values()]:
                if any(one.get(name) not in {None, *there} for name, there in owners.items()):
                    del others[one["id"]]
        return "", 204

    def touch(self, one: JsonObject) -> None:
        """Note that something was changed, and with it its task."""
        one["updated_at"] = now()
        if "task" in one:
            self.tasks[one["task"]]["updated_at"] = now()


def now() -> str:
    """Return the moment by the server's clock; no two are the same."""
    time.sleep(0.000_002)
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def refuse(status: int, detail: str) -> NoReturn:
    """Answer with an error, as JSON."""
    abort(Response(json.dumps({"detail": detail}), status, content_type="application/json"))


@contextmanager
def running_fake() -> Iterator[LabelStudio]:
    """Serve an empty Label Studio on a free port of this machine."""
    server = make_server("127.0.0.1", 0, make_fake(Store()), threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield LabelStudio(f"http://127.0.0.1:{server.port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002  # as it is called
        """Say nothing."""


def make_fake(store: Store) -> Flask:
    """Return the program, with one person: ``EMAIL``, whose token is ``TOKEN``."""
    app = Flask(__name__)
    app.url_map.strict_slashes = False
    store.add(store.people, email=EMAIL, first_name="", last_name="")

    @app.errorhandler(404)
    def show_page(_: Exception) -> ResponseReturnValue:
        return PAGE, 404

    @app.before_request
    def check_token() -> None:
        if request.path == SIGN_UP:
            return
        if not request.path.startswith("/api/"):
            abort(404)
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        token = token or request.cookies.get("sessionid", "")
        g.person = store.owners.get(token, 1)
        is_known = kind == "Bearer" and store.tokens.get(token) == "access"
        if not is_known and token not in store.owners and request.path != "/api/token/refresh/":
            refuse(401, "Invalid token.")

    _serve_people(app, store)
    _serve_sign_up(app, store)
    _serve_projects(app, store)
    _serve_webhooks(app, store)
    _serve_tasks(app, store)
    _serve_annotations(app, store)
    _serve_predictions(app, store)
    return app


def _make_token(store: Store, kind: str) -> str:
    claims = {"token_type": kind, "jti": secrets.token_hex(8), "exp": int(time.time()) + 300}
    told = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    token = f"e30.{told}.c2lnbmF0dXJl"
    store.tokens[token] = kind
    return token


def _serve_people(app: Flask, store: Store) -> None:
    @app.get("/api/current-user/whoami")
    def show_me() -> ResponseReturnValue:
        return store.people[g.person]

    @app.get("/api/users/")
    def list_people() -> ResponseReturnValue:
        return jsonify([*store.people.values()])

    @app.post("/api/users/")
    def add_person() -> ResponseReturnValue:
        email = request.get_json()["email"]
        return store.add(store.people, email=email, first_name="", last_name=""), 201

    @app.post("/api/token/")
    def make_token() -> ResponseReturnValue:
        return {"token": _make_token(store, "refresh")}, 201

    @app.post("/api/token/refresh/")
    def exchange_token() -> ResponseReturnValue:
        token = request.get_json()["refresh"]
        if token not in store.tokens:
            refuse(401, "Token is blacklisted")
        return {"access": _make_token(store, "access")}

    @app.post("/api/token/blacklist/")
    def revoke_token() -> ResponseReturnValue:
        del store.tokens[request.get_json()["refresh"]]
        return "", 204


def _serve_sign_up(app: Flask, store: Store) -> None:
    @app.get("/api/current-user/token")
    def show_token() -> ResponseReturnValue:
        return {"token": next(token for token, one in store.owners.items() if one == g.person)}

    @app.get("/api/invite")
    def invite() -> ResponseReturnValue:
        return {"invite_url": f"{SIGN_UP}?token=invited"}

    @app.get(SIGN_UP)
    def show_sign_up() -> ResponseReturnValue:
        answer = Response(PAGE)
        answer.set_cookie("csrftoken", secrets.token_hex(8))
        return answer

    @app.post(SIGN_UP)
    def sign_up() -> ResponseReturnValue:
        email, token = request.form["email"], secrets.token_hex(20)
        made = store.add(store.people, email=email, first_name="", last_name="")
        store.owners[token] = made["id"]
        answer = redirect("/")
        answer.set_cookie("sessionid", token)
        return answer


def _serve_projects(app: Flask, store: Store) -> None:
    @app.get("/api/projects/")
    def list_projects() -> ResponseReturnValue:
        wanted = request.args["title"].casefold()
        found = [one for one in store.projects.values() if wanted in one["title"].casefold()]
        return {"results": found}

    @app.post("/api/projects/")
    def make_project() -> ResponseReturnValue:
        said = request.get_json()
        if not 3 <= len(said["title"]) <= 50:
            refuse(400, "Validation error")
        config = said.get("label_config", "<View></View>")
        _read_config(config)
        told = {"label_config": config, "model_version": ""}
        return store.add(store.projects, title=said["title"], **told), 201

    @app.get("/api/projects/<int:number>/")
    def show_project(number: int) -> ResponseReturnValue:
        return store.find(store.projects, number)

    @app.patch("/api/projects/<int:number>/")
    def change_project(number: int) -> ResponseReturnValue:
        project, said = store.find(store.projects, number), request.get_json()
        if "label_config" in said:
            _refuse_unfit_config(store, number, said["label_config"])
        project |= said
        return project

    @app.delete("/api/projects/<int:number>/")
    def delete_project(number: int) -> ResponseReturnValue:
        return store.drop(store.projects, number)


def _serve_webhooks(app: Flask, store: Store) -> None:
    @app.get("/api/webhooks/")
    def list_webhooks() -> ResponseReturnValue:
        wanted = int(request.args["project"])
        return jsonify([one for one in store.webhooks.values() if one["project"] == wanted])

    @app.post("/api/webhooks/")
    def add_webhook() -> ResponseReturnValue:
        return store.add(store.webhooks, **request.get_json()), 201

    @app.delete("/api/webhooks/<int:number>/")
    def delete_webhook(number: int) -> ResponseReturnValue:
        return store.drop(store.webhooks, number)


def _refuse_unfit_config(store: Store, project: int, xml: str) -> None:
    controls = {one.get("name") for one in _read_config(xml).iter()}
    results = [
        one["result"]
        for one in store.annotations.values()
        if store.tasks[one["task"]]["project"] == project
    ]
    # Texts are no part of what is looked at, so that their controls go without a word.
    used = {
        item["from_name"]
        for result in results
        for item in result
        if item.get("type") not in {"relation", "textarea"}
    }
    if used - controls:
        refuse(400, "Created annotations are incompatible with provided labeling schema")


def _read_config(xml: str) -> etree.Element:
    try:
        return etree.fromstring(xml)
    except etree.XMLSyntaxError as error:
        refuse(400, str(error))


def _serve_tasks(app: Flask, store: Store) -> None:
    @app.post("/api/projects/<int:number>/import")
    def import_tasks(number: int) -> ResponseReturnValue:
        project = store.projects.get(number) or abort(404)
        said = request.get_json()
        _refuse_unfit_tasks(store, project, said)
        made = [_import(store, number, task)["id"] for task in said]
        return {"task_count": len(made), "task_ids": made}, 201

    @app.get("/api/tasks")
    def list_tasks() -> ResponseReturnValue:
        project = store.find(store.projects, int(request.args["project"]))
        query = json.loads(request.args.get("query", "{}"))
        filters = query.get("filters", {}).get("items", ())
        found = [
            one
            for _, one in sorted(store.tasks.items())
            if one["project"] == project["id"] and all(_fits(one, each) for each in filters)
        ]
        if "-tasks:updated_at" in query.get("ordering", ()):
            found.sort(key=lambda one: one["updated_at"], reverse=True)
        shown = [_show(store, one) for one in found[: int(request.args["page_size"])]]
        return {"total": len(found), "tasks": shown}

    @app.get("/api/tasks/<int:number>/")
    def show_task(number: int) -> ResponseReturnValue:
        shown = _show(store, store.find(store.tasks, number))
        for one in shown["annotations"]:
            one["completed_by"] = store.people[one["completed_by"]]
        return shown

    @app.patch("/api/tasks/<int:number>/")
    def change_task(number: int) -> ResponseReturnValue:
        task = store.find(store.tasks, number)
        task["data"] = request.get_json()["data"]
        store.touch(task)
        return task

    @app.delete("/api/tasks/<int:number>/")
    def delete_task(number: int) -> ResponseReturnValue:
        return store.drop(store.tasks, number)


def _refuse_unfit_tasks(store: Store, project: JsonObject, tasks: list[JsonObject]) -> None:
    asked = {one.get("value") for one in _read_config(project["label_config"]).iter("Text")}
    for task in tasks:
        if any(str(name).removeprefix("$") not in task["data"] for name in asked):
            refuse(400, "Validation error")
        people = {one.get("completed_by", 1) for one in task.get("annotations", ())}
        if people - store.people.keys():
            refuse(400, "Unknown annotators")


def _import(store: Store, project: int, said: JsonObject) -> JsonObject:
    task = store.add(store.tasks, project=project, data=said["data"])
    for one in said.get("annotations", ()):
        store.add(
            store.annotations,
            task=task["id"],
            result=one["result"],
            completed_by=one.get("completed_by", 1),
            import_id=one.get("id"),
            unique_id=secrets.token_hex(16),
            was_cancelled=one.get("was_cancelled", False),
            ground_truth=one.get("ground_truth", True),
            updated_by=None,
        )
    return task


def _show(store: Store, task: JsonObject) -> JsonObject:
    own = [one for one in store.annotations.values() if one["task"] == task["id"]]
    annotations = [{name: one[name] for name in one if name != "unique_id"} for one in own]
    guessed = [one for one in store.predictions.values() if one["task"] == task["id"]]
    return {**task, "annotations": annotations, "predictions": guessed, "drafts": []}


_COLUMNS: Mapping[str, Callable[[JsonObject], Json]] = {
    "filter:tasks:id": lambda task: task["id"],
    "filter:tasks:updated_at": lambda task: task["updated_at"],
    "filter:tasks:data.uid": lambda task: task["data"].get("uid"),
}


def _fits(task: JsonObject, wanted: JsonObject) -> bool:
    value, given = _COLUMNS[wanted["filter"]](task), wanted["value"]
    match wanted["operator"]:
        case "greater":
            return value > given
        case "greater_or_equal":
            datetime.strptime(given, "%Y-%m-%dT%H:%M:%S.%fZ").astimezone(UTC)
            return value >= given
        case "in_list":
            return value in given
    raise AssertionError(wanted)


def _serve_annotations(app: Flask, store: Store) -> None:
    @app.post("/api/tasks/<int:number>/annotations/")
    def annotate(number: int) -> ResponseReturnValue:
        store.find(store.tasks, number)
        said = request.get_json()
        unique_id = said.get("unique_id") or secrets.token_hex(16)
        if any(one["unique_id"] == unique_id for one in store.annotations.values()):
            refuse(409, "Annotation with this unique id already exists")
        made = store.add(
            store.annotations,
            task=number,
            result=said["result"],
            completed_by=said.get("completed_by", g.person),
            import_id=said.get("import_id"),
            unique_id=unique_id,
            was_cancelled=said.get("was_cancelled", False),
            ground_truth=said.get("ground_truth", False),
            updated_by=g.person,
        )
        store.touch(made)
        return made, 201

    @app.patch("/api/annotations/<int:number>/")
    def change(number: int) -> ResponseReturnValue:
        annotation = store.find(store.annotations, number)
        annotation |= {**request.get_json(), "updated_by": g.person}
        store.touch(annotation)
        return annotation

    @app.delete("/api/annotations/<int:number>/")
    def delete(number: int) -> ResponseReturnValue:
        store.touch(store.find(store.annotations, number))
        return store.drop(store.annotations, number)


def _serve_predictions(app: Flask, store: Store) -> None:
    @app.post("/api/projects/<int:number>/import/predictions")
    def import_predictions(number: int) -> ResponseReturnValue:
        store.find(store.projects, number)
        said = request.get_json()
        for one in said:
            store.add(store.predictions, project=number, **one)
        return {"created": len(said)}, 201

    @app.get("/api/predictions/")
    def list_predictions() -> ResponseReturnValue:
        wanted = int(request.args["task"])
        return jsonify([one for one in store.predictions.values() if one["task"] == wanted])

    @app.delete("/api/predictions/<int:number>/")
    def delete_prediction(number: int) -> ResponseReturnValue:
        store.touch(store.find(store.predictions, number))
        return store.drop(store.predictions, number)
