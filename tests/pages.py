"""Pages as tests read them: fetched, checked for what every page owes its reader, parsed."""

from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
UNLABELLED_TYPES = {"hidden", "submit", "button", "reset", "image"}


class Element:
    """One element of a page with what is in it."""

    def __init__(self, name: str, attributes: dict[str, str], parent: "Element | None" = None):
        self.name = name
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element | str] = []

    def __getitem__(self, name: str) -> str | None:
        return self.attributes.get(name)

    def __contains__(self, name: str) -> bool:
        return name in self.attributes

    def __repr__(self) -> str:
        return f"<{self.name} {self.attributes}>"

    @property
    def text(self) -> str:
        """The words in it, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            yield from (child,) if isinstance(child, str) else child._texts()

    @property
    def elements(self) -> "Iterator[Element]":
        """Everything in it, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.elements

    def all(self, *names: str, **attributes: str) -> "list[Element]":
        """All elements with one of these names and all of these attributes (`class_` for class)."""
        wanted = {key.rstrip("_").replace("_", "-"): value for key, value in attributes.items()}
        return [
            element
            for element in self.elements
            if (not names or element.name in names)
            and all(_has(element, key, value) for key, value in wanted.items())
        ]

    def one(self, *names: str, **attributes: str) -> "Element":
        """The only such element, or a failure that tells how many there are."""
        found = self.all(*names, **attributes)
        assert len(found) == 1, f"{len(found)} elements {names} {attributes}"
        return found[0]

    def inside(self, name: str) -> bool:
        """Tell whether an element with this name stands around it."""
        around = self.parent
        while around is not None:
            if around.name == name:
                return True
            around = around.parent
        return False


def _has(element: Element, key: str, value: str) -> bool:
    found = element[key]
    if key == "class":
        return value in (found or "").split()
    return found == value


class _Builder(HTMLParser):
    def __init__(self):
        super().__init__()
        self.root = self.here = Element("document", {})

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {key: value or "" for key, value in attrs}, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.here = self.here.parent

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self.here.name == tag, f"</{tag}> closes {self.here}"
        self.here = self.here.parent

    def handle_data(self, data):
        self.here.children.append(data)


def parse(html: str) -> Element:
    """Return the elements of a page; one that is not closed fails."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert builder.here is builder.root, f"{builder.here} is not closed"
    return builder.root


def check(page: Element) -> None:
    """Fail when a page lacks something that every page owes its reader."""
    assert page.one("html")["lang"] in {"nl", "en"}
    assert page.one("head").one("title").text.strip(" ·")
    assert page.one("h1").text
    _check_ids(page)
    _check_fields(page)
    _check_tables(page)
    _check_content_policy(page)
    for element in page.all("a", "button", "summary", "legend", "caption", "label"):
        named = element.text or element["aria-label"] or element.all("img", "svg")
        assert named, f"{element} has no words"


def _check_ids(page: Element) -> None:
    counted = Counter(element["id"] for element in page.elements if "id" in element)
    assert not [name for name, count in counted.items() if count > 1], counted.most_common(3)
    for element in page.elements:
        for key in ("for", "aria-describedby", "aria-labelledby", "aria-controls"):
            for name in (element[key] or "").split():
                assert name in counted, f"{element}: there is no #{name}"
        address = element["href"] or "" if element.name == "a" else ""
        if address.startswith("#") and len(address) > 1:
            assert address[1:] in counted, f"{element}: there is no {address}"


def _check_fields(page: Element) -> None:
    labels = {label["for"] for label in page.all("label")}
    for element in page.all("input", "select", "textarea"):
        if element["type"] in UNLABELLED_TYPES:
            continue
        named = element["id"] in labels or element.inside("label")
        assert named or element["aria-label"] or element["aria-labelledby"], f"{element}: no label"
    for form in page.all("form", method="post"):
        assert form.all("input", name="csrf_token"), f"{form} has no token"
    for group in page.all("fieldset"):
        assert group.all("legend"), f"{group} has no legend"


def _check_tables(page: Element) -> None:
    for table in page.all("table"):
        assert table.all("caption"), f"{table} has no caption"
        for heading in table.all("th"):
            assert "scope" in heading, f"{heading} has no scope"


def _check_content_policy(page: Element) -> None:
    for element in page.elements:
        assert "style" not in element, f"{element}: style in the page"
        assert not [name for name in element.attributes if name.startswith("on")], element
        assert element.name != "style", "style in the page"
        assert element.name != "script" or element["src"], "script in the page"


class Answer:
    """What the application answered: a checked page, a redirect or a file."""

    def __init__(self, response):
        self.response = response
        self.status: int = response.status_code
        self.location: str | None = response.location
        is_page = response.mimetype == "text/html" and not self.location
        self.page = parse(response.text) if is_page else None
        if self.page is not None:
            check(self.page)

    @property
    def body(self) -> str:
        """The answer as text."""
        return self.response.text

    @property
    def content(self) -> Element:
        """What the page itself says, without the frame around it."""
        return self.page.one("main")

    @property
    def text(self) -> str:
        """The words of the page itself."""
        return self.content.text

    @property
    def links(self) -> list[str]:
        """Where the page's own links lead."""
        return [link["href"] for link in self.content.all("a")]

    @property
    def errors(self) -> list[str]:
        """What the summary of errors says, without the labels of the fields."""
        boxes = self.page.all(class_="error-summary")
        return [_without_labels(item) for box in boxes for item in box.all("li")]

    @property
    def token(self) -> str | None:
        """What a form of this page proves itself with."""
        found = self.page.all("input", name="csrf_token") if self.page else []
        return found[0]["value"] if found else None

    def values(self) -> dict[str, list[str]]:
        """What a browser would send when the page's first form to fill in is sent unchanged."""
        forms = self.content.all("form")
        form = next(filter(_has_field, forms), forms[0])
        found: dict[str, list[str]] = {}
        for field in form.all("input", "select", "textarea"):
            for value in _values_of(field):
                found.setdefault(field["name"], []).append(value)
        return found


def _without_labels(item: Element) -> str:
    labels = "".join(label.text for label in item.all(class_="quiet"))
    return item.text.removesuffix(labels).strip()


def _has_field(form: Element) -> bool:
    fields = form.all("input", "select", "textarea")
    return any(field["type"] not in UNLABELLED_TYPES for field in fields)


def _values_of(field: Element) -> list[str]:
    if field["name"] is None or field["type"] in {"submit", "button", "file"}:
        return []
    if field["type"] in {"checkbox", "radio"}:
        value = "on" if field["value"] is None else field["value"]
        return [value] if "checked" in field else []
    if field.name == "select":
        options = field.all("option")
        chosen = [option for option in options if "selected" in option]
        chosen = chosen or ([] if "multiple" in field else options[:1])
        return [option.text if option["value"] is None else option["value"] for option in chosen]
    if field.name == "textarea":
        return ["".join(field._texts()).removeprefix("\r\n").removeprefix("\n")]
    return [field["value"] or ""]


class Pages:
    """Reads and sends pages as somebody with a browser would, with all checks."""

    def __init__(self, client):
        self.client = client

    def get(self, url: str, status: int = 200, **options) -> Answer:
        """Return a page, which must have this status."""
        answer = Answer(self.client.get(url, **options))
        assert answer.status == status, _explain(answer, url, status)
        return answer

    def submit(self, url: str, data: dict | None = None, status: int = 303, **options) -> Answer:
        """Send a form with the token of the page at its address, or of another page `at`."""
        source = options.pop("at", url)
        token = Answer(self.client.get(source, follow_redirects=True)).token
        sent = {"csrf_token": token} | (data or {})
        answer = Answer(self.client.post(url, data=sent, **options))
        assert answer.status == status, _explain(answer, url, status)
        return answer

    def change(self, url: str, data: dict | None = None, status: int = 303, **options) -> Answer:
        """Send the form of a page as it stands there, with some answers changed."""
        return self.submit(url, self.get(url).values() | (data or {}), status, **options)


def _explain(answer: Answer, url: str, status: int) -> str:
    said = answer.errors or answer.text[:300] if answer.page else answer.location
    return f"{url}: {answer.status} instead of {status}: {said}"
