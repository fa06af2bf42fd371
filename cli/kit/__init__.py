"""The offline install kit: a folder with wheels and hashes that installs Liuhen where there is no network."""
