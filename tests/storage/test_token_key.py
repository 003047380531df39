"""The root key from a token: a real SoftHSM by PKCS#11, and what must not work."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from handfast.base.errors import SetupError
from handfast.base.randomness import SystemRandomness
from handfast.storage.keys.root_key import TOKEN, root_key
from handfast.storage.keys.store import open_keys
from handfast.storage.keys.token_key import parse_uri

PIN = "271828"
MODULES = ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
module = next((each for each in MODULES if Path(each).exists()), "")
on_a_token = pytest.mark.skipif(
    not (module and shutil.which("softhsm2-util")), reason="SoftHSM is not installed (apt-get install softhsm2)"
)


@pytest.fixture
def uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A SoftHSM token with a secret key in it that may sign and cannot be read out."""
    pkcs11 = pytest.importorskip("pkcs11", reason="the extra 'token' is not installed")
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    label = f"handfast-{os.getpid()}-{tmp_path.name}"[-32:]
    made = ["softhsm2-util", "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "314159"]
    subprocess.run(made, check=True, capture_output=True)
    library = pkcs11.lib(module)
    library.reinitialize()  # it had read another configuration, or this one before the token was there
    with library.get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
        template = {pkcs11.Attribute.SENSITIVE: True, pkcs11.Attribute.EXTRACTABLE: False, pkcs11.Attribute.SIGN: True}
        kind, mechanism = pkcs11.KeyType.GENERIC_SECRET, pkcs11.Mechanism.GENERIC_SECRET_KEY_GEN
        session.generate_key(kind, 256, label="root", store=True, template=template, mechanism=mechanism)
    pin = tmp_path / "pin"
    pin.write_text(PIN + "\n")
    pin.chmod(0o600)
    return f"pkcs11:token={label};object=root?module-path={module}&pin-source=file:{pin}"


@on_a_token
def test_a_token_gives_one_root_key_that_opens_what_it_wrapped_and_leaves_no_file(uri: str, tmp_path: Path) -> None:
    file, data, environment = tmp_path / "etc" / "root.key", tmp_path / "data", {TOKEN: uri}
    data.mkdir()
    first = root_key(file, data, SystemRandomness(), environment)
    keys = open_keys(data / "keys.db", first, "store", SystemRandomness())
    keys.create_programme("prg_clinic")
    keys.close()
    again = root_key(file, data, SystemRandomness(), environment)
    assert (len(first), again) == (32, first)
    keys = open_keys(data / "keys.db", again, "store", SystemRandomness())
    assert keys.programme("prg_clinic").programme_id == "prg_clinic"
    keys.close()
    assert not file.exists()


@on_a_token
def test_a_wrong_pin_and_a_key_that_is_not_there_are_named(uri: str, tmp_path: Path) -> None:
    file, data = tmp_path / "root.key", tmp_path / "data"
    with pytest.raises(SetupError, match="gave no root key"):
        root_key(file, data, SystemRandomness(), {TOKEN: uri.replace("object=root", "object=other")})
    (tmp_path / "pin").write_text("000000")
    with pytest.raises(SetupError, match="gave no root key"):
        root_key(file, data, SystemRandomness(), {TOKEN: uri})


def test_a_pin_that_others_can_read_and_a_uri_that_lacks_something_are_refused(tmp_path: Path) -> None:
    pin = tmp_path / "pin"
    pin.write_text(PIN)
    pin.chmod(0o644)
    with pytest.raises(SetupError, match="chmod 600"):
        parse_uri(f"pkcs11:token=t;object=k?module-path=/m.so&pin-source=file:{pin}")
    pin.chmod(0o600)
    for lacking in ("token=t?module-path=/m.so", "token=t;object=k?module-path=/m.so", "object=k?pin-source=/p"):
        with pytest.raises(SetupError, match="lacks"):
            parse_uri(f"pkcs11:{lacking}")
    with pytest.raises(SetupError, match="pkcs11:"):
        parse_uri("file:/root.key")
    told = parse_uri(f"pkcs11:token=my%20token;object=k?module-path=/m.so&pin-source={pin}")
    assert (told.token, told.pin) == ("my token", PIN)
    assert PIN not in repr(told)
