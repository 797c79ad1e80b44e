"""Every macro of the design system rendered, and what its output promises to people and scripts."""

import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jinja2
import pytest
from lxml import html

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "core/templates"
STATIC = ROOT / "static"
EVIL = '"><script>alert(1)</script>'


@pytest.fixture(scope="module")
def environment() -> jinja2.Environment:
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals["asset"] = lambda path: f"/static/{path}"
    made.globals["once"] = lambda: "once-key"
    return made


def page(environment: jinja2.Environment, name: str, **values: Any) -> html.HtmlElement:
    shared = {"title": "标题", "csrf_token": "csrf-1", "actor": None, "nav": [], "flash": []}
    return html.document_fromstring(environment.get_template(name).render(shared | values))


def part(environment: jinja2.Environment, source: str, **values: Any) -> html.HtmlElement:
    imports = "".join(
        f'{{% from "core/ui/{file}.html" import {", ".join(names)} %}}'
        for file, names in MACROS.items()
    )
    return html.fragment_fromstring(
        environment.from_string(imports + source).render(**values), create_parent="div"
    )


def macros_of(file: str) -> list[str]:
    source = (TEMPLATES / f"core/ui/{file}.html").read_text()
    return [m for m in re.findall(r"macro (\w+)\(", source) if not m.startswith("_")]


MACROS = {path.stem: macros_of(path.stem) for path in sorted(TEMPLATES.glob("core/ui/*.html"))}
PAGES = sorted(p.relative_to(TEMPLATES).as_posix() for p in TEMPLATES.glob("core/*.html"))
NAV = [
    {"label": f"任务{n}", "href": f"/{n}", "icon": "home", "count": n, "current": n == 1}
    for n in range(6)
]
PROBLEM = {"status": 404, "title": "没有找到", "detail": "请回到首页。", "code": "not_found"}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_holds_no_inline_script_or_style(environment: jinja2.Environment, name: str) -> None:
    made = page(environment, name, problem=PROBLEM, nav=NAV, live=True)
    assert made.get("lang") == "zh-CN"
    assert not made.xpath("//style | //@style | //@*[starts-with(name(), 'on')]")
    assert all(script.get("src") for script in made.iter("script"))


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_given_once_and_labels_lead_somewhere(
    environment: jinja2.Environment, name: str
) -> None:
    made = page(environment, name, problem=PROBLEM, nav=NAV)
    ids = made.xpath("//@id")
    assert len(ids) == len(set(ids))
    for attribute in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
        for value in made.xpath(f"//@{attribute}"):
            assert set(value.split()) <= set(ids), f"{attribute}={value} leads nowhere"
    for box in made.xpath("//input[not(@type='hidden')] | //select | //textarea"):
        labels = [label for label in made.iter("label") if label.get("for") == box.get("id")]
        assert labels or box.xpath("ancestor::label"), html.tostring(box)


@pytest.mark.parametrize("name", PAGES)
def test_every_file_a_page_asks_for_is_there(environment: jinja2.Environment, name: str) -> None:
    symbols = {s.get("id") for s in ElementTree.parse(STATIC / "icons/sprite.svg").getroot()}
    made = page(environment, name, problem=PROBLEM, nav=NAV)
    for address in made.xpath("//@src | //link/@href"):
        path = address.removeprefix("/static/")
        assert path.startswith("vendor/") or (STATIC / path).is_file(), address
    for use in made.xpath("//*[local-name()='use']/@href"):
        assert use.partition("#")[2] in symbols, use


def test_stylesheets_are_imported_and_nothing_is_left_over() -> None:
    imported = re.findall(r'@import url\("([^"]+)"\)', (STATIC / "css/app.css").read_text())
    present = {p.relative_to(STATIC / "css").as_posix() for p in STATIC.glob("css/**/*.css")}
    assert len(imported) == len(set(imported))
    assert {"app.css", *imported} == present


def test_stylesheets_use_only_tokens_that_exist() -> None:
    sheets = {p: p.read_text() for p in STATIC.glob("css/**/*.css")}
    defined = {n for text in sheets.values() for n in re.findall(r"(--[\w-]+)\s*:", text)}
    for path, text in sheets.items():
        used = set(re.findall(r"var\((--[\w-]+)\)", text))
        assert used <= defined, f"{path.name}: {used - defined}"


def test_modules_are_started_and_import_what_exists() -> None:
    folder = STATIC / "js/ui"
    started = set(re.findall(r'import "\./([^"]+)"', (folder / "index.js").read_text()))
    assert started | {"index.js", "ready.js"} == {p.name for p in folder.glob("*.js")}
    for module in folder.glob("*.js"):
        for name in re.findall(r'(?:from|import) "(\./[^"]+)"', module.read_text()):
            assert (folder / name).is_file(), f"{module.name} imports {name}"


def test_the_gallery_shows_every_macro() -> None:
    shown = "".join(p.read_text() for p in TEMPLATES.glob("core/*.html"))
    for file, names in MACROS.items():
        source = (TEMPLATES / f"core/ui/{file}.html").read_text()
        for name in names:
            calls = len(re.findall(rf"\b{name}\(", shown + source))
            assert calls > 1, f"{file}.{name} is not shown anywhere"


def test_every_macro_is_documented() -> None:
    text = (ROOT / "docs/design-system.md").read_text()
    for names in MACROS.values():
        for name in names:
            assert f"`{name}(" in text or f"{name}(" in text, name


class TestFields:
    form = {"values": {"name": EVIL, "wants": ["b"]}, "errors": {"name": "太短了"}}

    def test_what_was_typed_is_kept_and_escaped(self, environment: jinja2.Environment) -> None:
        made = part(environment, '{{ field(form, "name", "姓名", hint="全名") }}', form=self.form)
        (box,) = made.iter("input")
        assert box.get("value") == EVIL
        assert box.get("aria-invalid") == "true"
        assert box.get("aria-describedby") == "f-name-hint f-name-error"
        assert not list(made.iter("script"))
        assert made.xpath("//*[@id='f-name-error']")[0].text_content() == "太短了"

    def test_a_textarea_keeps_its_first_empty_line(self, environment: jinja2.Environment) -> None:
        made = part(
            environment,
            '{{ textarea(form, "story", "经过") }}',
            form={"values": {"story": f"\n{EVIL}"}},
        )
        (box,) = made.iter("textarea")
        assert (box.text or "").removeprefix("\n") == f"\n{EVIL}"

    def test_passwords_do_not_come_back(self, environment: jinja2.Environment) -> None:
        form = {"values": {"password": "secret"}, "errors": {}}
        source = '{{ field(form, "password", "密码", type="password") }}'
        (box,) = part(environment, source, form=form).iter("input")
        assert box.get("value") == ""

    @pytest.mark.parametrize("form", [None, {}, {"values": {}, "errors": {}}])
    def test_an_empty_form_is_fine(self, environment: jinja2.Environment, form: Any) -> None:
        source = (
            '{{ field(form, "a", "甲") }}{{ textarea(form, "b", "乙", maxlength=9) }}'
            '{{ select(form, "c", "丙", [(1, "一")]) }}{{ checkbox(form, "d", "丁") }}'
            '{{ radio_group(form, "e", "戊", [(1, "一")]) }}{{ error_summary(form) }}'
            '{{ checkbox_group(form, "f", "己", [(1, "一")]) }}{{ signature(form, "g", "签名") }}'
            '{{ file_field(form, "h", "文件", multiple=true) }}'
        )
        made = part(environment, source, form=form)
        assert not made.xpath("//*[@aria-invalid] | //*[@checked] | //*[@selected]")
        assert not made.xpath("//*[@data-error-summary]")

    def test_choices_remember(self, environment: jinja2.Environment) -> None:
        form = {"values": {"sex": 2, "wants": ["b"], "aim": "x", "agreed": "1"}, "errors": {}}
        made = part(
            environment,
            '{{ radio_group(form, "sex", "性别", [(1, "女"), (2, "男", "注")]) }}'
            '{{ checkbox_group(form, "wants", "要", [("a", "甲"), ("b", "乙")]) }}'
            '{{ select(form, "aim", "目的", {"组": [("x", "丙"), ("y", "丁")]}) }}'
            '{{ checkbox(form, "agreed", "同意") }}',
            form=form,
        )
        assert made.xpath("//input[@checked]/@value") == ["2", "b", "1"]
        assert made.xpath("//option[@selected]/@value") == ["x"]

    def test_the_summary_leads_to_each_field(self, environment: jinja2.Environment) -> None:
        form = {"values": {}, "errors": {"sex": "请选择", "name": "请填写", "body": "不能提交"}}
        made = part(
            environment,
            '{{ error_summary(form, {"name": "姓名"}) }}{{ field(form, "name", "姓名") }}'
            '{{ radio_group(form, "sex", "性别", [(1, "女"), (2, "男")]) }}',
            form=form,
        )
        links = made.xpath("//*[@data-error-summary]//a")
        assert [a.text_content() for a in links] == ["请选择", "姓名:请填写"]
        ids = made.xpath("//input/@id")
        assert {a.get("href").removeprefix("#") for a in links} <= set(ids)
        assert "不能提交" in made.text_content()

    def test_hidden_tokens(self, environment: jinja2.Environment) -> None:
        made = part(environment, "{{ csrf(token) }}{{ once_field() }}", token="t")
        assert {i.get("name"): i.get("value") for i in made.iter("input")} == {
            "csrf_token": "t",
            "once": "once-key",
        }


class TestReading:
    def test_a_state_is_a_shape_and_a_word(self, environment: jinja2.Environment) -> None:
        kinds = ("waiting", "progress", "done", "returned", "danger", "urgent", "neutral")
        shapes = set()
        for kind in kinds:
            made = part(environment, "{{ status_badge(kind, '字') }}", kind=kind)
            assert made.text_content().strip() == "字"
            shapes.add(made.xpath("string(//@href)"))
        assert len(shapes) == len(kinds)

    @pytest.mark.parametrize(
        ("allergies", "words"),
        [(["青霉素", "磺胺"], "过敏:青霉素、磺胺"), ([], "无已知过敏"), (None, "没有问过")],
    )
    def test_allergies_unknown_is_not_none(
        self, environment: jinja2.Environment, allergies: Any, words: str
    ) -> None:
        patient = {"name": EVIL, "sex": "女", "age": "67 岁", "allergies": allergies}
        made = part(environment, "{{ patient_header(p) }}", p=patient)
        assert words in made.text_content()
        assert EVIL in made.text_content()

    def test_a_table_names_its_cells_for_a_phone(self, environment: jinja2.Environment) -> None:
        columns = [{"key": "a", "label": "甲", "head": True}, {"key": "b", "label": "乙"}]
        source = (
            '{% call(row, column) table(columns, rows, caption="表") %}'
            "{{ row[column.key] }}!{% endcall %}"
        )
        made = part(environment, source, columns=columns, rows=[{"a": EVIL, "b": 2}])
        assert made.xpath("//tbody//@data-label") == ["甲", "乙"]
        assert [c.text_content().strip() for c in made.xpath("//tbody/tr/*")] == [EVIL + "!", "2!"]

    def test_an_empty_table_says_so(self, environment: jinja2.Environment) -> None:
        made = part(environment, '{{ table([], [], empty_title="今天没有") }}')
        assert not list(made.iter("table"))
        assert "今天没有" in made.text_content()

    @pytest.mark.parametrize(
        ("here", "pages", "links"),
        [
            (1, 3, ["2", "3", "2"]),
            (2, 3, ["1", "1", "3", "3"]),
            (6, 12, ["5", "1", "5", "7", "12", "7"]),
            (1, 1, []),
        ],
    )
    def test_pages_are_reached(
        self, environment: jinja2.Environment, here: int, pages: int, links: list[str]
    ) -> None:
        made = part(environment, '{{ pagination(h, p, "?page=") }}', h=here, p=pages)
        assert [a.removeprefix("?page=") for a in made.xpath("//a/@href")] == links

    def test_a_dialog_opens_without_script(self, environment: jinja2.Environment) -> None:
        made = part(
            environment, '{{ opener("d", "打开") }}{% call dialog("d", "标题") %}正文{% endcall %}'
        )
        opener = made.xpath("//a[@data-opens]")[0]
        assert opener.get("href") == "#d"
        assert made.xpath("//dialog[@id='d']")[0].get("aria-labelledby") == "d-title"


class TestShell:
    def test_the_phone_bar_holds_four_tasks_and_the_rest(
        self, environment: jinja2.Environment
    ) -> None:
        made = page(environment, "core/page.html", nav=NAV)
        bar = made.xpath("//nav[@class='tabbar']")[0]
        assert len(bar.xpath("./a")) == 4
        assert len(bar.xpath("./details//a")) == 2
        assert bar.xpath("./details/summary/span[@class='nav__count']")[0].text == "9"
        assert len(made.xpath("//nav[@class='side__links']/a")) == 6
        assert made.xpath("//nav[@class='side__links']/a[@aria-current]/@href") == ["/1"]

    def test_the_person_can_sign_out_with_a_token(self, environment: jinja2.Environment) -> None:
        actor = {"name": "周玉梅", "title": "乡村医生", "organization_name": "石门村卫生室"}
        made = page(environment, "core/page.html", actor=actor)
        (form,) = made.iter("form")
        assert form.get("method") == "post"
        assert form.xpath(".//input[@name='csrf_token']/@value") == ["csrf-1"]

    def test_notices_after_a_redirect_are_shown(self, environment: jinja2.Environment) -> None:
        for kind, look in (("success", "done"), ("error", "danger"), ("info", "progress")):
            made = page(environment, "core/page.html", flash=[{"kind": kind, "text": EVIL}])
            assert made.xpath(f"//p[contains(@class, 'flash--{look}')]")[0].text_content() == EVIL

    def test_htmx_runs_under_the_content_security_policy(
        self, environment: jinja2.Environment
    ) -> None:
        made = page(environment, "core/page.html")
        settings = made.xpath("string(//meta[@name='htmx-config']/@content)")
        assert '"includeIndicatorStyles": false' in settings
        assert '"allowEval": false' in settings
        assert made.xpath("string(//body/@hx-headers)") == '{"X-CSRF-Token": "csrf-1"}'
