// Command ledger judges an exported ledger with the code of Go's module checksum database, which
// knows nothing of us: golang.org/x/mod/sumdb/note and golang.org/x/mod/sumdb/tlog.
//
//	ledger FOLDER VKEY [OLD-CHECKPOINT]
//
// It checks the checkpoint's signature, the inclusion of every entry, and that the log extends the
// older checkpoint. It prints "ok SIZE" and ends with 0, or says what is wrong and ends with 1.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A folder lays tiles out as C2SP tlog-tiles: 256 hashes each, and no height in the path.
type folder string

func (f folder) Height() int { return 8 }

func (f folder) SaveTiles([]tlog.Tile, [][]byte) {}

func (f folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var read [][]byte
	for _, t := range tiles {
		bytes, err := f.tile(strconv.Itoa(t.L), t.N, t.W)
		if err != nil {
			return nil, err
		}
		read = append(read, bytes)
	}
	return read, nil
}

func (f folder) tile(level string, n int64, width int) ([]byte, error) {
	path := fmt.Sprintf("%03d", n%1000)
	for n /= 1000; n > 0; n /= 1000 {
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < 256 {
		path += fmt.Sprintf(".p/%d", width)
	}
	return os.ReadFile(filepath.Join(string(f), "tile", level, path))
}

// The tree that a signed checkpoint names.
func checkpoint(path string, key note.Verifier) (tree tlog.Tree, err error) {
	bytes, err := os.ReadFile(path)
	if err != nil {
		return tree, err
	}
	opened, err := note.Open(bytes, note.VerifierList(key))
	if err != nil {
		return tree, err
	}
	lines := strings.SplitN(opened.Text, "\n", 4)
	if len(lines) < 4 || lines[0] != key.Name() {
		return tree, errors.New("the checkpoint is not of this log")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err == nil && copy(tree.Hash[:], root) != tlog.HashSize {
		err = errors.New("the root is too short")
	}
	return tree, err
}

// Every entry counts towards the root, and one of each bundle is proved through the tiles, so that
// no tile goes unread.
func everyEntry(f folder, tree tlog.Tree, tiles tlog.HashReader) error {
	var stored []tlog.Hash
	memory := tlog.HashReaderFunc(func(indexes []int64) (hashes []tlog.Hash, err error) {
		for _, index := range indexes {
			hashes = append(hashes, stored[index])
		}
		return hashes, nil
	})
	for first := int64(0); first < tree.N; first += 256 {
		end := first + 256
		if end > tree.N {
			end = tree.N
		}
		entries, err := f.entries(first/256, int(end-first))
		if err != nil {
			return err
		}
		for i, entry := range entries {
			hashes, err := tlog.StoredHashes(first+int64(i), entry, memory)
			if err != nil {
				return err
			}
			stored = append(stored, hashes...)
		}
		last := end - 1
		proof, err := tlog.ProveRecord(tree.N, last, tiles)
		if err != nil {
			return err
		}
		leaf := tlog.RecordHash(entries[len(entries)-1])
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, last, leaf); err != nil {
			return fmt.Errorf("entry %d: %w", last, err)
		}
	}
	root, err := tlog.TreeHash(tree.N, memory)
	if err == nil && root != tree.Hash {
		err = errors.New("the entries do not give the signed root")
	}
	return err
}

func (f folder) entries(n int64, width int) (entries [][]byte, err error) {
	bundle, err := f.tile("entries", n, width)
	for i := 0; i < width && err == nil; i++ {
		if len(bundle) < 2 || len(bundle)-2 < int(binary.BigEndian.Uint16(bundle)) {
			return nil, fmt.Errorf("bundle %d is cut off", n)
		}
		end := 2 + int(binary.BigEndian.Uint16(bundle))
		entries = append(entries, bundle[2:end])
		bundle = bundle[end:]
	}
	if err == nil && len(bundle) != 0 {
		err = fmt.Errorf("bundle %d has bytes too many", n)
	}
	return entries, err
}

func judge(args []string) (size int64, err error) {
	if len(args) < 2 {
		return 0, errors.New("usage: ledger FOLDER VKEY [OLD-CHECKPOINT]")
	}
	f := folder(args[0])
	key, err := note.NewVerifier(args[1])
	if err != nil {
		return 0, err
	}
	tree, err := checkpoint(filepath.Join(args[0], "checkpoint"), key)
	if err != nil {
		return 0, err
	}
	hashes := tlog.TileHashReader(tree, f)
	if err := everyEntry(f, tree, hashes); err != nil || len(args) < 3 {
		return tree.N, err
	}
	old, err := checkpoint(args[2], key)
	if err != nil {
		return 0, err
	}
	proof, err := tlog.ProveTree(tree.N, old.N, hashes)
	if err != nil {
		return 0, err
	}
	return tree.N, tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash)
}

func main() {
	size, err := judge(os.Args[1:])
	if err != nil {
		fmt.Println("no:", err)
		os.Exit(1)
	}
	fmt.Println("ok", size)
}
