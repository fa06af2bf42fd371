// Cosigned opens a checkpoint with golang.org/x/mod/sumdb/note under the key of the log and under the key of a
// cosigner (C2SP tlog-cosignature v1, type 0x04), which the package does not know: the verifier below is all
// that it takes.
//
//	cosigned CHECKPOINT LOG_VKEY COSIGNER_VKEY
//
// Prints the name of the cosigner and the time that it signed, in seconds, and leaves with 0; or says what is
// wrong and leaves with 1.
package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const cosignature = 4

type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
	time uint64
}

func (c *cosigner) Name() string    { return c.name }
func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	c.time = binary.BigEndian.Uint64(sig)
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", c.time, msg)
	return ed25519.Verify(c.key, []byte(signed), sig[8:])
}

func newCosigner(vkey string) (*cosigner, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, fmt.Errorf("no verifier key")
	}
	id, err := hex.DecodeString(parts[1])
	if err != nil || len(id) != 4 {
		return nil, fmt.Errorf("no key id")
	}
	key, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != cosignature {
		return nil, fmt.Errorf("no key of a cosigner")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), key...))
	if string(sum[:4]) != string(id) {
		return nil, fmt.Errorf("the key id is another")
	}
	return &cosigner{name: parts[0], hash: binary.BigEndian.Uint32(id), key: key[1:]}, nil
}

func check(path, logKey, cosignerKey string) (string, error) {
	head, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return "", err
	}
	witness, err := newCosigner(cosignerKey)
	if err != nil {
		return "", err
	}
	opened, err := note.Open(head, note.VerifierList(log, witness))
	if err != nil {
		return "", err
	}
	if len(opened.Sigs) != 2 {
		return "", fmt.Errorf("%d known signatures instead of 2", len(opened.Sigs))
	}
	return fmt.Sprintf("%s %d", witness.name, witness.time), nil
}

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: cosigned CHECKPOINT LOG_VKEY COSIGNER_VKEY")
		os.Exit(2)
	}
	line, err := check(os.Args[1], os.Args[2], os.Args[3])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(line)
}
