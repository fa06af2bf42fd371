// Checklog reads a log (checkpoint, log.vkey, tile/…) from a folder or a web server with golang.org/x/mod/sumdb/{note,tlog} alone and
// checks what an outside program relies on: the signed head, every entry against the hash tiles, an inclusion
// proof per tile edge and consistency proofs between smaller trees and the head.
//
//	checklog FOLDER|http://…
//
// Prints one line and leaves with 0, or says what is wrong and leaves with 1.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const width = 1 << height

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: checklog FOLDER|http://...")
		os.Exit(2)
	}
	line, err := check(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(line)
}

func check(folder string) (string, error) {
	origin, tree, err := readHead(folder)
	if err != nil {
		return "", err
	}
	reader := tlog.TileHashReader(tree, files(folder))
	if err := checkEntries(folder, tree, reader); err != nil {
		return "", err
	}
	for _, n := range edges(tree.N) {
		if err := checkProofs(tree, n, reader); err != nil {
			return "", err
		}
	}
	return fmt.Sprintf("%s %d %v", origin, tree.N, tree.Hash), nil
}

// read gives a file of the log, from disk or by GET.
func read(place, path string) ([]byte, error) {
	if !strings.HasPrefix(place, "http://") {
		return os.ReadFile(filepath.Join(place, filepath.FromSlash(path)))
	}
	answer, err := http.Get(strings.TrimSuffix(place, "/") + "/" + path)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", path, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

// readHead opens the note under log.vkey. tlog.ParseTree wants sumdb's own first line, so the three lines are
// read here.
func readHead(folder string) (origin string, tree tlog.Tree, err error) {
	vkey, err := read(folder, "log.vkey")
	if err != nil {
		return "", tree, err
	}
	verifier, err := note.NewVerifier(strings.TrimSuffix(string(vkey), "\n"))
	if err != nil {
		return "", tree, err
	}
	head, err := read(folder, "checkpoint")
	if err != nil {
		return "", tree, err
	}
	opened, err := note.Open(head, note.VerifierList(verifier))
	if err != nil {
		return "", tree, fmt.Errorf("checkpoint: %w", err)
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[3] != "" || lines[0] != verifier.Name() {
		return "", tree, fmt.Errorf("checkpoint: not three lines that begin with the name of the key")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return "", tree, fmt.Errorf("checkpoint: %w", err)
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return "", tree, fmt.Errorf("checkpoint: bad root")
	}
	copy(tree.Hash[:], root)
	return lines[0], tree, nil
}

// files reads tiles for tlog.TileHashReader, which checks them against the head.
type files string

func (folder files) Height() int { return height }

func (folder files) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var contents [][]byte
	for _, tile := range tiles {
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/", height), "tile/", 1)
		content, err := read(string(folder), path)
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}

func (folder files) SaveTiles([]tlog.Tile, [][]byte) {}

// checkEntries compares the hash of every entry with the hash that the tiles prove for it.
func checkEntries(folder string, tree tlog.Tree, reader tlog.HashReader) error {
	for first := int64(0); first < tree.N; first += width {
		count := int(min64(width, tree.N-first))
		tile := tlog.Tile{H: height, L: 0, N: first / width, W: count}
		path := strings.Replace(tile.Path(), fmt.Sprintf("tile/%d/0/", height), "tile/entries/", 1)
		content, err := read(folder, path)
		if err != nil {
			return err
		}
		indexes := make([]int64, count)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		hashes, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		for i := range hashes {
			if len(content) < 2 {
				return fmt.Errorf("%s: ends before entry %d", path, first+int64(i))
			}
			end := 2 + int(binary.BigEndian.Uint16(content))
			if end > len(content) {
				return fmt.Errorf("%s: ends inside entry %d", path, first+int64(i))
			}
			if tlog.RecordHash(content[2:end]) != hashes[i] {
				return fmt.Errorf("%s: entry %d is not the one in the tiles", path, first+int64(i))
			}
			content = content[end:]
		}
		if len(content) != 0 {
			return fmt.Errorf("%s: %d bytes after the last entry", path, len(content))
		}
	}
	return nil
}

// checkProofs proves entry n in the head, and the tree of n+1 entries as its beginning.
func checkProofs(tree tlog.Tree, n int64, reader tlog.HashReader) error {
	leaf, err := reader.ReadHashes([]int64{tlog.StoredHashIndex(0, n)})
	if err != nil {
		return err
	}
	inclusion, err := tlog.ProveRecord(tree.N, n, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckRecord(inclusion, tree.N, tree.Hash, n, leaf[0]); err != nil {
		return fmt.Errorf("inclusion of %d: %w", n, err)
	}
	older, err := tlog.TreeHash(n+1, reader)
	if err != nil {
		return err
	}
	consistency, err := tlog.ProveTree(tree.N, n+1, reader)
	if err != nil {
		return err
	}
	if err := tlog.CheckTree(consistency, tree.N, tree.Hash, n+1, older); err != nil {
		return fmt.Errorf("consistency from %d: %w", n+1, err)
	}
	return nil
}

// edges are entries where trees go wrong: the first, the last, the middle, and around full tiles.
func edges(size int64) []int64 {
	var found []int64
	for _, n := range []int64{0, size / 2, width - 2, width - 1, width, size - 2, size - 1} {
		if 0 <= n && n < size {
			found = append(found, n)
		}
	}
	return found
}

func min64(a, b int64) int64 {
	if a < b {
		return a
	}
	return b
}
