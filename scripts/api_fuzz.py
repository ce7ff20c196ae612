"""Starts a demonstration shop, gets everybody a key or a session, and lets schemathesis ask as each of them."""

import contextlib
import email
import email.policy
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse

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


def send(address, path, body):
    place = urllib.parse.urlparse(address)
    line = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    words = {"content-type": "application/json", "accept": "application/json"}
    line.request("POST", path, json.dumps(body), words)
    answer = line.getresponse()
    text = answer.read()
    if answer.status >= 400:
        sys.exit(f"POST {path} got {answer.status}: {text!r}")
    return answer


def customer(address, data):
    """Opens an account as a person does, by the link of the letter, and gives its cookie."""
    mail = "schemathesis@people.test"
    send(address, "/account/links", {"purpose": "sign_up", "email": mail})
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for file in data.glob("mail/**/*"):
            link = file.is_file() and link_in(file, mail)
            if link:
                entered = send(address, link, {"name": "Ada", "password": "a long enough secret"})
                cookies = entered.headers.get_all("set-cookie") or []
                found = [cookie for cookie in cookies if cookie.startswith("__Host-account=")]
                return found[0].split(";")[0]
        time.sleep(0.2)
    sys.exit("no letter came")


def link_in(file, recipient):
    letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
    if recipient not in str(letter["to"]):
        return None
    text = letter.get_body(("plain",))
    found = text and re.search(r"/account/links/[\w-]+", text.get_content())
    return found and found.group(0)


def run(who, address, program, data):
    words = ["run", f"{address}/openapi.json", "--seed", os.environ.get("SEED", "1")]
    words += ["--phases", "examples,coverage,fuzzing", "--max-examples", os.environ.get("EXAMPLES", "10")]
    words += ["--checks", ",".join(CHECKS), "--exclude-path-regex", ENDS, "--continue-on-failure", "--no-shrink"]
    words += ["--suppress-health-check", "all", "--warnings", "off", "--max-response-time", "10"]
    if who in ROLES:
        words += ["--header", f"Authorization: Bearer {key(program, data, who)}"]
        words += ["--include-path-regex", "^/admin"]
    else:
        words += ["--include-path-regex", "^/(?!admin)"]
    if who == "customer":
        words += ["--header", f"Cookie: {customer(address, data)}", "--header", "Sec-Fetch-Site: same-origin"]
    tool = pathlib.Path(sys.executable).parent / "schemathesis"
    hooks = {"SCHEMATHESIS_HOOKS": "api_fuzz_checks", "PYTHONPATH": str(SCRIPTS)}
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([str(tool), *words], cwd=folder, env={**words_of_ours(), **hooks}, capture_output=True, text=True)
    if done.returncode != 0:
        print(done.stdout, done.stderr, sep="\n")
    asked = re.search(r"(\d+) generated", done.stdout)
    print(f"== {who}: {asked.group(1) if asked else 0} cases in {time.monotonic() - begun:.0f} s, {'clean' if done.returncode == 0 else 'NOT clean'}", flush=True)
    return done.returncode == 0


def main():
    program, *wanted = sys.argv[1:]
    program = str(pathlib.Path(program).resolve())
    unknown = [who for who in wanted if who not in EVERYBODY]
    if unknown:
        sys.exit(f"nobody is called {', '.join(unknown)}: {', '.join(EVERYBODY)}")
    with tempfile.TemporaryDirectory(prefix="zhanggui-schemathesis-") as folder, shop(program, folder) as (address, data, log):
        results = [run(who, address, program, data) for who in wanted or EVERYBODY]
        checked = subprocess.run([program, "check", "--data-dir", str(data)], capture_output=True, text=True, env=words_of_ours())
        panics = re.findall(r"panicked at .*", log.read_text(errors="replace"))
    for line in panics:
        print(line)
    if checked.returncode != 0:
        print(checked.stdout, checked.stderr, sep="\n")
    sys.exit(0 if all(results) and not panics and checked.returncode == 0 else 1)


if __name__ == "__main__":
    main()
