"""A browser without scripts, in process: it shows one page at a time, follows its links and presses its buttons."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx

__all__ = ["Browser", "Element"]

_VOID = frozenset({"meta", "input", "br", "link", "img", "hr"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    form: "Element | None" = None
    text: str = ""
    pieces: list[str] = field(default_factory=list)  # of the text, as elements divide it
    inputs: dict[str, str] = field(default_factory=dict)  # of a form
    boxes: set[str] = field(default_factory=set)  # of a form: what may be ticked


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.all: list[Element] = []
        self._open: list[Element] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {name: value or "" for name, value in attrs}
        form = next((outer for outer in self._open if outer.tag == "form"), None)
        element = Element(tag, attributes, form)
        self.all.append(element)
        if tag == "input" and form is not None:
            if attributes.get("type") == "checkbox":
                form.boxes.add(attributes["name"])
            else:
                form.inputs[attributes["name"]] = attributes.get("value", "")
        if tag == "br":
            self.handle_data("\n")
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        closed = self._open.pop()
        assert closed.tag == tag, f"<{closed.tag}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data
            element.pieces.append(data)


class Browser:
    """Goes on by itself within the sandbox; a redirect to anywhere else stays as `page`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page = httpx.Response(204)
        self.headers: dict[str, str] = {}  # sent with every request

    async def open(self, url: str) -> None:
        await self._go(await self.client.get(url, headers=self.headers))

    async def post(self, url: str, **fields: str) -> None:
        await self._go(await self.client.post(url, data=fields, headers=self.headers))

    async def click(self, element_id: str, **typed: str) -> None:
        """Follow the link, or press the button; *typed* goes into the inputs of the button's form."""
        element = self[element_id]
        own = {element.attributes["name"]: element.attributes["value"]} if "name" in element.attributes else {}
        if element.tag == "a":
            await self.open(element.attributes["href"])
            return
        assert element.tag == "button"
        form = self[element.attributes["form"]] if "form" in element.attributes else element.form
        assert form is not None
        assert form.attributes["method"] == "post"
        assert typed.keys() <= form.inputs.keys() | form.boxes
        action = element.attributes.get("formaction", form.attributes["action"])
        await self.post(action, **form.inputs | typed | own)

    async def _go(self, response: httpx.Response) -> None:
        while response.is_redirect and response.headers["location"].startswith("/"):
            assert response.status_code == 303
            response = await self.client.get(response.headers["location"], headers=self.headers)
        self.page = response

    # --- What the page shows ----------------------------------------------------------------------------

    @property
    def elements(self) -> list[Element]:
        assert self.page.headers["content-type"] == "text/html; charset=utf-8", self.page.text
        reader = _Reader()
        reader.feed(self.page.text)
        reader.close()
        return reader.all

    @property
    def by_id(self) -> dict[str, Element]:
        found = [element for element in self.elements if "id" in element.attributes]
        by_id = {element.attributes["id"]: element for element in found}
        assert len(by_id) == len(found), "an id is there twice"
        return by_id

    def __getitem__(self, element_id: str) -> Element:
        by_id = self.by_id
        assert element_id in by_id, f"no {element_id} on the page, but {', '.join(by_id)}"
        return by_id[element_id]

    @property
    def heading(self) -> str:
        (heading,) = (element for element in self.elements if element.tag == "h1")
        return heading.text

    @property
    def text(self) -> str:
        """All words of the page, joined by single blanks."""
        (main,) = (element for element in self.elements if element.tag == "main")
        return " ".join(" ".join(main.pieces).split())

    @property
    def buttons(self) -> dict[str, str]:
        """The ids of the buttons in the order of the page, each with its label; not those for languages."""
        return {
            element.attributes["id"]: element.text
            for element in self.elements
            if element.tag == "button" and element.attributes.get("name") != "language" and "id" in element.attributes
        }

    @property
    def location(self) -> bytes:
        """Where the page sends the browser, byte for byte."""
        (location,) = (value for name, value in self.page.headers.raw if name.lower() == b"location")
        return location
