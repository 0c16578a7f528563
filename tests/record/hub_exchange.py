"""Nibble and Python's huggingface_hub read each other's downloads, from one server and then offline.

    cargo build --release -p nibble-engine -p nibble-tests --examples --bins
    python -m venv VENV && VENV/bin/pip install huggingface_hub
    VENV/bin/python tests/record/hub_exchange.py target/release

Nothing is recorded; it prints what it found and fails if anything is otherwise. Needs Linux or macOS.
"""

import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPO = "Tiny/Qwen3-test"
DATA = Path(__file__).parent.parent / "data" / "models" / "qwen3"


def environment(endpoint, home, offline=False):
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING", "NIBBLE_"))}
    extra = {"HF_ENDPOINT": endpoint, "HF_HOME": str(home / "hf"), "NIBBLE_HOME": str(home / "nibble")}
    extra |= {"HF_HUB_DISABLE_TELEMETRY": "1", "HF_HUB_DISABLE_XET": "1"}
    return keep | extra | ({"HF_HUB_OFFLINE": "1"} if offline else {})


def python(code, env):
    """What `code` prints, as JSON, in a fresh process: huggingface_hub reads its variables once."""
    run = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    return json.loads(run.stdout.splitlines()[-1])


def nibble(bin_folder, env, *args):
    run = subprocess.run([bin_folder / "nibble-cli", *args, "--json"], env=env, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


def snapshot(files="None"):
    return (
        "import json, huggingface_hub as h;"
        f"p = h.snapshot_download({REPO!r}, allow_patterns={files});"
        "print(json.dumps(p))"
    )


SCAN = (
    "import json, huggingface_hub as h;"
    "i = h.scan_cache_dir();"
    "print(json.dumps({'warnings': [str(w) for w in i.warnings], 'repos': {r.repo_id:"
    " {f.file_name: f.size_on_disk for v in r.revisions for f in v.files} for r in i.repos}}))"
)


def same_files(folder, expected):
    for name in expected:
        assert (Path(folder) / name).read_bytes() == (DATA / name).read_bytes(), name


def main():
    bin_folder = Path(sys.argv[1]).resolve()
    server = subprocess.Popen(
        [bin_folder / "examples" / "hub_server", "0", f"{REPO}={DATA}"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )
    try:
        check(bin_folder, server.stdout.readline().strip())
    finally:
        server.stdin.close()
        server.wait()


def check(bin_folder, endpoint):
    version = python("import json, huggingface_hub as h; print(json.dumps(h.__version__))", dict(os.environ))
    print("huggingface_hub", version)
    names = ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"]

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        pulled = nibble(bin_folder, environment(endpoint, home), "pull", REPO)
        found = python(snapshot(repr(names)), environment(endpoint, home, offline=True))
        assert Path(found) == Path(pulled["path"]), (found, pulled)
        same_files(found, names)
        print("Nibble's download: Python finds it offline, at the same path")
        before = {path: path.stat().st_mtime_ns for path in (home / "hf").rglob("blobs/*")}
        again = python(snapshot(repr(names)), environment(endpoint, home))
        assert again == found and before == {path: path.stat().st_mtime_ns for path in (home / "hf").rglob("blobs/*")}
        print("Nibble's download: Python, online, fetches nothing again")
        scanned = python(SCAN, environment(endpoint, home))
        assert scanned["warnings"] == [] and sorted(scanned["repos"][REPO]) == names, scanned
        print("Nibble's download: scan_cache_dir lists it without a warning")

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        found = python(snapshot(), environment(endpoint, home))
        offline = nibble(bin_folder, environment(endpoint, home, offline=True), "pull", REPO)
        assert Path(offline["path"]) == Path(found) and offline["fetched_bytes"] == 0
        online = nibble(bin_folder, environment(endpoint, home), "pull", REPO)
        assert online["path"] == offline["path"] and online["fetched_bytes"] == 0
        listed = nibble(bin_folder, environment(endpoint, home), "library")["models"]
        listed = [model for model in listed if model["origin"] == "Hub"]
        assert [model["name"] for model in listed] == [REPO] and listed[0]["architecture"] == "qwen3", listed
        verified = nibble(bin_folder, environment(endpoint, home), "verify", REPO)
        assert set(names) <= set(verified["right"]) and verified["faults"] == [], verified
        print("Python's download: Nibble finds it offline and online, lists it, verifies it, fetches nothing")

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        env = environment(endpoint, home)
        both = [
            subprocess.Popen([bin_folder / "nibble-cli", "pull", REPO, "--json"], env=env, stdout=subprocess.PIPE),
            subprocess.Popen([sys.executable, "-c", snapshot()], env=env, stdout=subprocess.PIPE),
        ]
        assert [program.wait() for program in both] == [0, 0]
        same_files(nibble(bin_folder, env, "pull", REPO)["path"], names)
        print("both at once in one cache: both end, all files right")

    throughput(bin_folder)


def throughput(bin_folder, size=1 << 30):
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        served = home / "served"
        served.mkdir()
        (served / "config.json").write_text('{"model_type": "llama"}')
        block = random.Random(1).randbytes(1 << 24)
        digest = hashlib.sha256()
        with open(served / "model.safetensors", "wb") as file:
            for _ in range(size // len(block)):
                file.write(block)
                digest.update(block)
        server = subprocess.Popen(
            [bin_folder / "examples" / "hub_server", "0", f"some/large={served}"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        try:
            endpoint = server.stdout.readline().strip()
            report = nibble(bin_folder, environment(endpoint, home), "pull", "some/large")
        finally:
            server.stdin.close()
            server.wait()
        blob = (Path(report["path"]) / "model.safetensors").resolve()
        assert blob.name == digest.hexdigest() and blob.stat().st_size == size
        rate = report["bytes"] / report["seconds"] / 1e6
        print(f"one file of {size / 1e9:.2f} GB: {rate:.0f} MB/s with SHA-256 and sync, peak memory {report['peak_rss_bytes'] / 1e6:.0f} MB")


if __name__ == "__main__":
    start = time.time()
    main()
    print(f"all as it should be, in {time.time() - start:.1f} s")
