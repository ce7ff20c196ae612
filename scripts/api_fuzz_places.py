"""Which things there are: what the pages of a shop link to, read as somebody reads them, one page after another.

An address like `/orders/{token}` is deep only for a token of an order that is there. So the pages are walked first, and
the values that their links and forms have for the parameters of each address are kept.
"""

import collections
import html.parser
import http.client
import json
import re
import urllib.parse

# Pages of one address that are opened, and values of one address that are kept.
OPENED = 4
KEPT = 12


class Links(html.parser.HTMLParser):
    """Every address that a page names, of links, forms, buttons and the parts it loads later."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if value and name in ("href", "action", "formaction", "src", "hx-get", "hx-post"):
                self.found.append(value)


class Addresses:
    """The addresses of the document, to tell which of them a path is."""

    def __init__(self, document):
        self.patterns = []
        for template in document["paths"]:
            literal = len(re.sub(r"\{[^}]*\}", "", template))
            pattern = re.sub(r"\\\{[^}]*\\\}", "([^/]+)", re.escape(template))
            self.patterns.append((-literal, template, re.compile(pattern + r"(?:\.json|\.csv)?")))
        # What is written out goes before what is a parameter, as in the router.
        self.patterns.sort(key=lambda entry: entry[0])

    def of(self, path):
        """The template of a path and the values of its parameters."""
        for _, template, pattern in self.patterns:
            fits = pattern.fullmatch(path)
            if fits:
                return template, [urllib.parse.unquote(value) for value in fits.groups()]
        return None, []


class Asker:
    """A browser that keeps its cookies, or a program with its key."""

    def __init__(self, address, headers=None):
        self.place = urllib.parse.urlparse(address)
        self.headers = dict(headers or {})
        self.cookies = {}

    def ask(self, method, path, body=None, accept="application/json", **headers):
        line = http.client.HTTPConnection(self.place.hostname, self.place.port, timeout=60)
        words = {"accept": accept, "sec-fetch-site": "same-origin", **self.headers, **headers}
        if self.cookies:
            words["cookie"] = self.cookie()
        text = None
        if body is not None:
            words["content-type"] = "application/json"
            text = json.dumps(body)
        line.request(method, path, text, words)
        answer = line.getresponse()
        for cookie in answer.headers.get_all("set-cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            if value:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        if answer.headers["cart-token"]:
            # Programs are told in a header what browsers get as a cookie.
            self.cookies["__Host-cart"] = answer.headers["cart-token"]
        return answer.status, answer.read().decode("utf-8", errors="replace")

    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def must(self, method, path, body=None, **headers):
        status, text = self.ask(method, path, body, **headers)
        if status >= 400:
            raise SystemExit(f"{method} {path} got {status}: {text}")
        return json.loads(text)


def gather(asker, document, begin, within):
    """The values of parameters, by address: `{"/orders/{token}": [["abc"], …]}`."""
    addresses = Addresses(document)
    known = collections.defaultdict(list)
    opened = collections.Counter()
    waiting = collections.deque(begin)
    seen = set(begin)
    while waiting:
        path = waiting.popleft()
        template, _ = addresses.of(urllib.parse.urlparse(path).path)
        readable = template and "get" in document["paths"][template]
        if not readable or opened[template] >= OPENED:
            continue
        opened[template] += 1
        status, text = asker.ask("GET", path, accept="text/html")
        if status != 200 or not text.lstrip().lower().startswith("<!doctype"):
            continue
        for link in Links(text).found:
            target = urllib.parse.urlparse(urllib.parse.urljoin(path, link))
            if target.netloc not in ("", asker.place.netloc) or not re.match(within, target.path):
                continue
            found, values = addresses.of(target.path)
            if values and values not in known[found] and len(known[found]) < KEPT:
                known[found].append(values)
            plain = target.path + (f"?{target.query}" if target.query else "")
            if plain not in seen:
                seen.add(plain)
                waiting.append(plain)
    return dict(known)


def values_for(known, template):
    """Lists of values for all parameters of an address, from its own links or from those that begin alike."""
    wanted = re.findall(r"\{([^}]*)\}", template)
    if known.get(template):
        return known[template]
    best = []
    for other, rows in known.items():
        shared = shared_parameters(template, other)
        if shared and shared >= len(wanted):
            best += [row[: len(wanted)] for row in rows]
    return best[:KEPT]


def shared_parameters(one, other):
    """How many parameters two addresses have in common before they part."""
    count = 0
    for left, right in zip(one.split("/"), other.split("/")):
        if left != right:
            break
        count += left.startswith("{")
    return count
