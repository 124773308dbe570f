"""Which files of a built dashboard are served: its own, and none that merely lies or leads there."""

from __future__ import annotations

from pathlib import Path

from headwater.app.dashboard import read_assets


def test_only_the_built_files_are_read(tmp_path: Path) -> None:
    dist, outside = tmp_path / "dist", tmp_path / "outside"
    (dist / "assets").mkdir(parents=True)
    (dist / ".git").mkdir()
    outside.mkdir()
    (outside / "secret.txt").write_text("secret")
    for name in (
        "index.html",
        "assets/index-abc12345.js",
        "assets/index-abc12345.js.map",
        "assets/index-abc12345.js.br",
        ".env",
        ".git/config",
        "assets/.hidden.js",
    ):
        (dist / name).write_text(name)
    (dist / "link.txt").symlink_to(outside / "secret.txt")
    (dist / "inside.txt").symlink_to(dist / "index.html")
    (dist / "folder").symlink_to(outside)
    found = read_assets(dist)
    assert set(found) == {"/index.html", "/assets/index-abc12345.js"}
    assert set(found["/assets/index-abc12345.js"].bodies) == {"identity", "br"}
    assert set(found["/index.html"].bodies) == {"identity"}
