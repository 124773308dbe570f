"""The archive of a backup: a tar file that is written whole, checked when it is read, and restored all or not at all.

`manifest.json` comes first, then the keys, `database.dump`, the stored files, and last `checksums.sha256`, as
`sha256sum --check` reads it.
"""

# Below the data folder; whatever starts there completes or removes it first.
RESTORE_FOLDER = "restore"
