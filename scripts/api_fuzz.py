"""Starts a demonstration shop, gets everybody a key or a session, and lets schemathesis ask as each of them."""

import collections
import contextlib
import email
import email.policy
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import api_fuzz_places as places
import api_fuzz_shop as furniture

ROLES = ["owner", "operations", "promotion", "service", "warehouse", "members"]
EVERYBODY = ["guest", "customer", *ROLES]
SCRIPTS = pathlib.Path(__file__).parent
# What would end the session or the key that asks.
ENDS = r"^/account/(session|sessions|password|erasure)$|^/admin/keys/\{id\}$"
CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "missing_required_header",
    "unsupported_method",
    "allow_header_conformance",
    "use_after_free",
    "unfit_data_is_refused",
    "nothing_of_the_inside",
    "guarded",
]
PATIENCE = 240


def words_of_ours():
    return {name: value for name, value in os.environ.items() if not name.startswith("ZHANGGUI_")}


@contextlib.contextmanager
def shop(program, folder):
    """A demonstration shop without shoppers; gives its address and its log."""
    log = pathlib.Path(folder, "log.txt")
    data = pathlib.Path(folder, "shop")
    with log.open("wb") as out:
        words = [program, "demo", "--quiet", "--data-dir", str(data), "--listen", "127.0.0.1:0"]
        server = subprocess.Popen(words, stdout=out, stderr=out, env=words_of_ours())
        try:
            yield ready(server, log), data, log
        finally:
            server.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=20)
            server.kill()


def ready(server, log):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and server.poll() is None:
        found = re.search(r"^ready (http://\S+)", log.read_text(errors="replace"), re.MULTILINE)
        if found:
            return found.group(1)
        time.sleep(0.2)
    sys.exit(f"the shop did not get ready:\n{log.read_text(errors='replace')[-4000:]}")


def key(program, data, role):
    words = [program, "key", "create", "--role", role, "--name", "schemathesis", "--data-dir", str(data), "--json"]
    made = subprocess.run(words, check=True, capture_output=True, text=True, env=words_of_ours())
    return json.loads(made.stdout.strip().splitlines()[-1])["key"]


def customer(address, data):
    """Opens an account as a person does, by the link of the letter, and gives the browser that is signed in."""
    mail = "schemathesis@people.test"
    shopper = places.Asker(address)
    shopper.must("POST", "/account/links", {"purpose": "sign_up", "email": mail})
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for file in data.glob("mail/**/*"):
            link = file.is_file() and link_in(file, mail)
            if link:
                shopper.must("POST", link, {"name": "Ada", "password": furniture.SECRET})
                return shopper
        time.sleep(0.2)
    sys.exit("no letter came")


def link_in(file, recipient):
    letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    if recipient not in str(letter["to"]):
        return None
    text = letter.get_body(("plain",))
    found = text and re.search(r"/account/links/[\w-]+", text.get_content())
    return found and found.group(0)


class Everybody:
    """Those who ask, each with what proves who they are, and the things that there are for them."""

    def __init__(self, address, data, log, program):
        self.address, self.data, self.program = address, data, program
        self.document = places.Asker(address).must("GET", "/openapi.json")
        self.owner = places.Asker(address)
        furniture.enter(self.owner, log.read_text(errors="replace"))
        kept = furniture.furnish(self.owner)
        desk = [path for path, ways in self.document["paths"].items() if path.startswith("/admin") and "{" not in path and "get" in ways]
        self.known = places.gather(self.owner, self.document, desk, "/(?!admin/sign-out)") | kept
        self.variants = [row[0] for row in self.known["/admin/inventory/variants/{id}"]]

    def words(self, who):
        """The words that let schemathesis ask as somebody, their cookies, and what of the shop it is told."""
        if who in ROLES:
            bearer = f"Authorization: Bearer {key(self.program, self.data, who)}"
            return ["--header", bearer, "--include-path-regex", "^/admin"], {}, self.known
        shopper = places.Asker(self.address) if who == "guest" else customer(self.address, self.data)
        own = furniture.buy(shopper, self.document, f"{who}@people.test", self.variants)
        if who == "customer":
            own |= furniture.write_down_addresses(shopper)
        walked = places.gather(shopper, self.document, ["/", "/account"], "/(?!admin)")
        # Filled last: the page that thanks for an order empties the cart.
        own = self.known | walked | own | furniture.fill_cart(shopper, self.variants)
        words = ["--header", "Sec-Fetch-Site: same-origin", "--include-path-regex", "^/(?!admin)"]
        return words, shopper.cookies, own


def run(who, everybody):
    asking, cookies, known = everybody.words(who)
    words = ["run", f"{everybody.address}/openapi.json", "--seed", os.environ.get("SEED", "1")]
    words += ["--phases", "examples,coverage,fuzzing", "--max-examples", os.environ.get("EXAMPLES", "10")]
    words += ["--checks", ",".join(CHECKS), "--exclude-path-regex", ENDS, "--continue-on-failure", "--no-shrink"]
    words += ["--suppress-health-check", "all", "--warnings", "off", "--max-response-time", "10", *asking]
    tool = pathlib.Path(sys.executable).parent / "schemathesis"
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        things, answers = pathlib.Path(folder, "things.json"), pathlib.Path(folder, "answers.txt")
        answers.touch()
        things.write_text(json.dumps({place: places.values_for(known, place) for place in everybody.document["paths"] if "{" in place}))
        hooks = {"SCHEMATHESIS_HOOKS": "api_fuzz_checks", "PYTHONPATH": str(SCRIPTS)}
        hooks |= {"SHOP_THINGS": str(things), "SHOP_ANSWERS": str(answers), "SHOP_COOKIES": json.dumps(cookies)}
        done = subprocess.run([str(tool), *words], cwd=folder, env={**words_of_ours(), **hooks}, capture_output=True, text=True)
        statuses = collections.Counter(line.split()[0] for line in answers.read_text().splitlines())
    if done.returncode != 0:
        print(done.stdout, done.stderr, sep="\n")
    asked = re.search(r"(\d+) generated", done.stdout)
    count, time_taken = asked.group(1) if asked else 0, time.monotonic() - begun
    told = ", ".join(f"{status}: {times}" for status, times in sorted(statuses.items()))
    print(f"== {who}: {count} cases in {time_taken:.0f} s ({told}), {'clean' if done.returncode == 0 else 'NOT clean'}", flush=True)
    return done.returncode == 0


def main():
    program, *wanted = sys.argv[1:]
    program = str(pathlib.Path(program).resolve())
    unknown = [who for who in wanted if who not in EVERYBODY]
    if unknown:
        sys.exit(f"nobody is called {', '.join(unknown)}: {', '.join(EVERYBODY)}")
    with tempfile.TemporaryDirectory(prefix="zhanggui-schemathesis-") as folder, shop(program, folder) as (address, data, log):
        everybody = Everybody(address, data, log, program)
        results = [run(who, everybody) for who in wanted or EVERYBODY]
        checked = subprocess.run([program, "check", "--data-dir", str(data)], capture_output=True, text=True, env=words_of_ours())
        panics = re.findall(r"panicked at .*", log.read_text(errors="replace"))
    for line in panics:
        print(line)
    if checked.returncode != 0:
        print(checked.stdout, checked.stderr, sep="\n")
    sys.exit(0 if all(results) and not panics and checked.returncode == 0 else 1)


if __name__ == "__main__":
    main()
