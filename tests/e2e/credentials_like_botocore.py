# SPDX-FileCopyrightText: The spawn authors
# SPDX-License-Identifier: Apache-2.0
"""credentials_like_botocore.py WHICH_CREDENTIALS: do our chain and botocore's choose the same?

Each case is a home folder (config, credentials, cached single sign-on tokens) and an environment. One
loopback server plays STS, the single sign-on portal, its OIDC service, the container endpoint and the
instance metadata service; the keys that it hands out say who asked for what.
"""

import hashlib
import http.server
import json
import multiprocessing
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import urllib.parse

# One home for all, emptied between the cases: botocore looks where it is when it is imported.
os.environ["HOME"] = tempfile.mkdtemp()

import botocore.session  # noqa: E402

EXPIRES = "2099-01-01T00:00:00Z"


class FakeServices(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, content_type="application/json"):
        data = body.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def credentials(self, name):
        keys = {"AccessKeyId": name, "SecretAccessKey": "s-" + name, "Expiration": EXPIRES}
        self.answer(200, json.dumps({**keys, "Token": "t-" + name, "Code": "Success"}))

    def do_PUT(self):
        self.answer(200, "imds-token", "text/plain")

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/container":
            return self.credentials("container")
        if url.path.endswith("/security-credentials/"):
            return self.answer(200, "instance", "text/plain")
        if url.path.endswith("/security-credentials/instance"):
            return self.credentials("instance")
        if url.path == "/federation/credentials":
            query = dict(urllib.parse.parse_qsl(url.query))
            token = self.headers["x-amz-sso_bearer_token"]
            if token == "bad":
                self.send_response(401)
                self.send_header("x-amzn-ErrorType", "UnauthorizedException")
                self.send_header("Content-Length", "0")
                return self.end_headers()
            name = f"sso-{query['account_id']}-{query['role_name']}-{token}"
            role = {"accessKeyId": name, "secretAccessKey": "s", "sessionToken": "t"}
            return self.answer(200, json.dumps({"roleCredentials": {**role, "expiration": 4070908800000}}))
        self.answer(404, "{}")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path == "/token":
            asked = json.loads(body)
            if asked["refreshToken"] == "bad":
                return self.answer(400, '{"error": "invalid_grant"}')
            token = {"accessToken": "renewed-by-" + asked["refreshToken"], "expiresIn": 3600}
            return self.answer(200, json.dumps(token))
        form = dict(urllib.parse.parse_qsl(body))
        by = self.headers.get("Authorization", "")
        by = by.split("Credential=")[1].split("/")[0] if by else form.get("WebIdentityToken", "?").strip()
        name = "-".join([form["RoleArn"].split("/")[1], "by", by] + [form[k] for k in ("ExternalId", "DurationSeconds") if k in form])
        if form["RoleArn"].endswith("denied"):
            xml = "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>"
            return self.answer(403, xml, "text/xml")
        action = form["Action"]
        keys = (
            f"<AccessKeyId>{name}</AccessKeyId><SecretAccessKey>s</SecretAccessKey>"
            f"<SessionToken>t</SessionToken><Expiration>{EXPIRES}</Expiration>"
        )
        xml = f"<{action}Response><{action}Result><Credentials>{keys}</Credentials></{action}Result></{action}Response>"
        self.answer(200, xml, "text/xml")


class Session(botocore.session.Session):
    """All of whose clients call the loopback server."""

    def create_client(self, service, **kwargs):
        return super().create_client(service, endpoint_url=os.environ["AWS_ENDPOINT_URL"], **kwargs)


def choice_of_botocore(profile):
    try:
        found = Session(profile=profile).get_credentials()
        found = found and found.get_frozen_credentials()
        return f"{found.access_key} {found.secret_key} {found.token or ''}" if found else "! none"
    except Exception as error:
        return f"! {type(error).__name__} {error}".replace("\n", " ")


def ask_botocore(environment, profile):
    """In a forked child, which has botocore loaded already, and nothing of the case before."""
    with multiprocessing.get_context("fork").Pool(1, lambda: (os.environ.clear(), os.environ.update(environment))) as pool:
        return pool.apply(choice_of_botocore, (profile,))


def ask_ours(environment, profile):
    command = [sys.argv[1]] + ([profile] if profile else [])
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    return done.stdout or "! died: " + done.stderr.strip()[-300:]


KEYS = "aws_access_key_id = {0}\naws_secret_access_key = s-{0}\n"


def keys(name):
    return KEYS.format(name)


ENV_KEYS = {"AWS_ACCESS_KEY_ID": "env", "AWS_SECRET_ACCESS_KEY": "s-env"}
CONTAINER = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "@URL@/container"}
PROCESS = """credential_process = echo '{"Version":1,"AccessKeyId":"process","SecretAccessKey":"s-process"}'\n"""
WEB = {"AWS_WEB_IDENTITY_TOKEN_FILE": "@HOME@/token", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/web-env"}
ROLE = "role_arn = arn:aws:iam::123456789012:role/{}\n"
SSO = "sso_start_url = https://start\nsso_region = us-west-2\n"
SESSION = "[sso-session work]\n" + SSO
SSO_ROLE = "sso_account_id = 42\nsso_role_name = dev\n"
LATER, GONE = "2098-01-01T00:00:00Z", "2020-01-01T00:00:00Z"
RENEWABLE = {"clientId": "c", "clientSecret": "s", "registrationExpiresAt": LATER, "refreshToken": "r1"}


def login(name, expires=LATER, **more):
    file = hashlib.sha1(name.encode()).hexdigest()
    return {f".aws/sso/cache/{file}.json": json.dumps({"accessToken": "token", "expiresAt": expires, **more})}


def case(name, config="", credentials="", env=None, profile=None, files=None):
    return name, config, credentials, env or {}, profile, files or {}


CASES = [
    case("nothing but an instance"),
    case("nothing at all", env={"AWS_EC2_METADATA_DISABLED": "true"}),
    case("container before instance", env=CONTAINER),
    case("environment", env={**ENV_KEYS, "AWS_SESSION_TOKEN": "t"}),
    case("environment before all", "[default]\n" + keys("config"), "[default]\n" + keys("file"), {**ENV_KEYS, **WEB, **CONTAINER}),
    case("environment without its secret", "[default]\n" + keys("config"), env={"AWS_ACCESS_KEY_ID": "env"}),
    case("credentials before config", "[default]\n" + keys("config"), "[default]\n" + keys("file")),
    case("token of a file", credentials="[default]\n" + keys("file") + "aws_session_token = tt\n"),
    case("process before config", "[default]\n" + keys("config") + PROCESS),
    case("credentials before process", "[default]\n" + PROCESS, "[default]\n" + keys("file")),
    case("config before container", "[default]\n" + keys("config"), env=CONTAINER),
    case("half a pair in credentials", credentials="[default]\naws_access_key_id = x\n"),
    case("half a pair in config", "[default]\naws_access_key_id = x\n"),
    case("process that fails", "[default]\ncredential_process = false\n" + keys("config")),
    case("process of another version", "[default]\ncredential_process = echo '{\"Version\":2}'\n"),
    case("profile by name beats environment", "[profile dev]\n" + keys("dev"), env=ENV_KEYS, profile="dev"),
    case("profile by variable does not", "[profile dev]\n" + keys("dev"), env={**ENV_KEYS, "AWS_PROFILE": "dev"}),
    case("profile by variable", "[profile dev]\n" + keys("dev"), env={"AWS_PROFILE": "dev"}),
    case("profile by the older variable", "[profile dev]\n" + keys("dev"), env={"AWS_DEFAULT_PROFILE": "dev"}),
    case("profile that is not there", env={"AWS_PROFILE": "gone", **CONTAINER}),
    case("profile without the word", "[dev]\n" + keys("dev"), profile="dev"),
    case("profile default with the word", "[profile default]\n" + keys("word")),
    case("quoted profile", '[profile "my dev"]\n' + keys("dev"), profile="my dev"),
    case("comments and blanks", "; hello\n[default]\n\n# x\n  \n" + keys("config")),
    case("role by keys", "[default]\n" + ROLE.format("a") + "source_profile = base\n[profile base]\n" + keys("base")),
    case("role by keys of the credentials file", "[default]\n" + ROLE.format("a") + "source_profile = base\n", "[base]\n" + keys("base")),
    case("role before keys", "[default]\n" + ROLE.format("a") + "source_profile = base\n" + keys("own") + "[profile base]\n" + keys("base")),
    case("environment before role", "[default]\n" + ROLE.format("a") + "source_profile = base\n[profile base]\n" + keys("base"), env=ENV_KEYS),
    case("role with id and duration", "[default]\n" + ROLE.format("a") + "external_id = ext\nduration_seconds = 900\nsource_profile = base\n[profile base]\n" + keys("base")),
    case("role of itself", "[default]\n" + ROLE.format("a") + "source_profile = default\n" + keys("own")),
    case("role of itself without keys", "[default]\n" + ROLE.format("a") + "source_profile = default\n"),
    case("roles in a row", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\n" + ROLE.format("b") + "source_profile = c\n[profile c]\n" + keys("c"), profile="a"),
    case("roles in a row, keys first", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\n" + keys("b") + ROLE.format("b") + "source_profile = c\n[profile c]\n" + keys("c"), profile="a"),
    case("roles in a circle", "[profile a]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\n" + ROLE.format("b") + "source_profile = a\n", profile="a"),
    case("role by a process", "[default]\n" + ROLE.format("a") + "source_profile = base\n[profile base]\n" + PROCESS),
    case("role by a web identity", "[default]\n" + ROLE.format("a") + "source_profile = w\n[profile w]\n" + ROLE.format("w") + "web_identity_token_file = @HOME@/token\n"),
    case("role by single sign-on", "[default]\n" + ROLE.format("a") + "source_profile = s\n[profile s]\n" + SSO + SSO_ROLE, files=login("https://start")),
    case("role without a source", "[default]\n" + ROLE.format("a") + keys("own")),
    case("role with two sources", "[default]\n" + ROLE.format("a") + "source_profile = b\ncredential_source = Environment\n[profile b]\n" + keys("b")),
    case("role by nobody", "[default]\n" + ROLE.format("a") + "source_profile = gone\n", env=CONTAINER),
    case("role by an empty profile", "[default]\n" + ROLE.format("a") + "source_profile = b\n[profile b]\nregion = x\n", env=CONTAINER),
    case("role by the environment", "[profile a]\n" + ROLE.format("a") + "credential_source = Environment\n", env=ENV_KEYS, profile="a"),
    case("role by an empty environment", "[profile a]\n" + ROLE.format("a") + "credential_source = Environment\n", env=CONTAINER, profile="a"),
    case("role by the container", "[default]\n" + ROLE.format("a") + "credential_source = EcsContainer\n", env=CONTAINER),
    case("role by the instance", "[default]\n" + ROLE.format("a") + "credential_source = Ec2InstanceMetadata\n", env=CONTAINER),
    case("role by what is not known", "[default]\n" + ROLE.format("a") + "credential_source = Moon\n", env=CONTAINER),
    case("role that is denied", "[default]\n" + ROLE.format("denied") + "source_profile = base\n[profile base]\n" + keys("base"), env=CONTAINER),
    case("web identity of the environment", env=WEB),
    case("web identity before credentials", credentials="[default]\n" + keys("file"), env=WEB),
    case("role before web identity", "[default]\n" + ROLE.format("a") + "source_profile = base\n[profile base]\n" + keys("base"), env=WEB),
    case("web identity of the profile", "[profile w]\n" + ROLE.format("w") + "web_identity_token_file = @HOME@/token\n", profile="w"),
    case("web identity of a named profile alone", "[profile w]\n" + keys("w"), env=WEB, profile="w"),
    case("web identity without a role", env={"AWS_WEB_IDENTITY_TOKEN_FILE": "@HOME@/token", **CONTAINER}),
    case("web identity without its file", env={**WEB, **CONTAINER, "AWS_WEB_IDENTITY_TOKEN_FILE": "@HOME@/gone"}),
    case("web identity that is denied", env={**WEB, **CONTAINER, "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/denied"}),
    case("single sign-on", "[default]\nsso_session = work\n" + SSO_ROLE + SESSION, files=login("work")),
    case("single sign-on of the older kind", "[default]\n" + SSO + SSO_ROLE, files=login("https://start")),
    case("single sign-on before credentials", "[default]\n" + SSO + SSO_ROLE, "[default]\n" + keys("file"), files=login("https://start")),
    case("web identity before single sign-on", "[default]\n" + SSO + SSO_ROLE, env=WEB, files=login("https://start")),
    case("single sign-on without a login", "[default]\nsso_session = work\n" + SSO_ROLE + SESSION, env=CONTAINER),
    case("single sign-on refused", "[default]\n" + SSO + SSO_ROLE, env=CONTAINER, files=login("https://start", accessToken="bad")),
    case("single sign-on expired", "[default]\nsso_session = work\n" + SSO_ROLE + SESSION, env=CONTAINER, files=login("work", GONE)),
    case("single sign-on renewed", "[default]\nsso_session = work\n" + SSO_ROLE + SESSION, files=login("work", GONE, **RENEWABLE)),
    case("single sign-on not renewed", "[default]\nsso_session = work\n" + SSO_ROLE + SESSION, env=CONTAINER, files=login("work", GONE, **{**RENEWABLE, "refreshToken": "bad"})),
    case("single sign-on, registration expired", "[default]\nsso_session = work\n" + SSO_ROLE + SESSION, env=CONTAINER, files=login("work", GONE, **{**RENEWABLE, "registrationExpiresAt": GONE})),
    case("single sign-on half configured", "[default]\nsso_account_id = 1\n" + SSO + keys("own"), env=CONTAINER),
    case("single sign-on without an account", "[default]\n" + SSO + keys("own"), env=CONTAINER),
    case("single sign-on, session missing", "[default]\nsso_session = gone\n" + SSO_ROLE, env=CONTAINER),
    case("single sign-on, session differs", "[default]\nsso_session = work\nsso_region = x\n" + SSO_ROLE + SESSION, env=CONTAINER, files=login("work")),
]


def write(home, name, text):
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), FakeServices)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}"
    differ = 0
    for name, config, credentials, env, profile, files in CASES:
        answers = []
        for ask in (ask_botocore, ask_ours):
            # Anew for each: logins are written back.
            folder = os.environ["HOME"]
            shutil.rmtree(folder)

            def filled(text):
                return text.replace("@HOME@", folder).replace("@URL@", url)

            all_files = {".aws/config": config, ".aws/credentials": credentials, "token": "a-jwt", **files}
            for file, text in all_files.items():
                write(pathlib.Path(folder), file, filled(text))
            environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
            environment |= {"AWS_DEFAULT_REGION": "us-east-1", "AWS_ENDPOINT_URL": url}
            environment |= {"AWS_EC2_METADATA_SERVICE_ENDPOINT": url, "AWS_MAX_ATTEMPTS": "1"}
            environment |= {k: filled(v) for k, v in env.items()}
            answers.append(ask(environment, profile).strip())
        theirs, ours = answers
        both_refuse = theirs.startswith("!") and ours.startswith("!") and "died" not in theirs + ours
        if theirs != ours and not both_refuse:
            differ += 1
            print(f"{name}:\n  botocore  {theirs}\n  ours      {ours}")
    shutil.rmtree(os.environ["HOME"])
    print(f"{len(CASES)} cases, {differ} differ")
    return 1 if differ else 0


sys.exit(main())
