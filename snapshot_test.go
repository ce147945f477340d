package tlsengine

import (
	"errors"
	"reflect"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/tlsengine/tlsengine/cipher"
	"github.com/tlsengine/tlsengine/handshake"
	"github.com/tlsengine/tlsengine/internal/alert"
	"github.com/tlsengine/tlsengine/internal/picture"
	"github.com/tlsengine/tlsengine/keyschedule"
	"github.com/tlsengine/tlsengine/record"
)

func TestEveryFieldOfAnEngineIsFrozenOrListed(t *testing.T) {
	require.Empty(t, picture.Engine.Unlisted(reflect.TypeFor[Engine](), reflect.TypeFor[QUICConn]()))
}

func TestEveryFieldOfTheHalvesComesBack(t *testing.T) {
	failure := alert.BadFinished.Errorf("the peer's Finished is wrong")
	for i, suite := range cipher.Suites() {
		failed := i%2 == 0
		special := func(t reflect.Type, bytes func(int) []byte) any {
			switch reflect.Zero(t).Interface().(type) {
			case []handshake.Output:
				return []handshake.Output{{Kind: handshake.OutMessage, Data: bytes(9)}, {Kind: handshake.OutDone}}
			case handshake.Version:
				return handshake.Version(suite.Version)
			case *cipher.Suite:
				return suite
			case handshake.Epoch:
				return handshake.Application
			case keyschedule.Secret:
				if suite.TLS13() {
					return keyschedule.SecretOf(bytes(suite.Hash.Size()))
				}
				return keyschedule.Secret{}
			case keyschedule.Keys:
				if suite.TLS13() {
					return keyschedule.Keys{}
				}
				k := keyschedule.Keys{KeyLen: uint8(suite.KeyLen), IVLen: uint8(suite.IVLen)}
				copy(k.Key[:suite.KeyLen], bytes(suite.KeyLen))
				copy(k.IV[:suite.IVLen], bytes(suite.IVLen))
				return k
			}
			if t == reflect.TypeFor[error]() {
				return failure
			}
			return nil
		}
		want := &active{}
		picture.Fill(&want.recv, picture.Engine, special)
		picture.Fill(&want.send, picture.Engine, special)
		picture.Fill(&want.mail, picture.Engine, special)
		want.send.early = 0 // these are not early data's keys
		state := func(k *handshake.Keys) record.State {
			return record.State{Suite: suite.ID, Keys: recordKeys(k), Sequence: 7}
		}
		require.NoError(t, want.recv.reader.Restore(record.ReaderState{State: state(want.recv.keys)}, suite))
		if !failed {
			require.NoError(t, want.recv.reader.Restore(record.ReaderState{State: state(want.recv.keys), Empty: 3, SkipEarlyData: 99}, suite))
			want.recv.err, want.mail.err, want.mail.alert = nil, nil, nil
		}
		require.NoError(t, want.send.writer.Restore(record.WriterState{State: state(want.send.keys), MaxPlaintext: 99, Padding: 5}, suite))

		f := handshake.NewFreezer(nil)
		want.recv.freeze(f)
		want.send.freeze(f, want.recv.err)
		want.mail.freeze(f)
		b, err := f.Done()
		require.NoError(t, err)

		got := &active{}
		thawer := handshake.NewThawer(&Config{}, snapshotFormat, b)
		got.recv.thaw(thawer)
		got.send.thaw(thawer, got.recv.err)
		got.mail.thaw(thawer, got.recv.err)
		got.send.client = want.send.client // as the machine says
		require.NoError(t, thawer.Done())
		require.Empty(t, picture.Differences(picture.Of(want, picture.Engine), picture.Of(got, picture.Engine)), suite)
	}
}

func TestFailuresThawAsTheyWere(t *testing.T) {
	cause := errors.New("the key store is out of reach")
	for _, err := range []error{
		nil,
		alert.BadFinished.Errorf("the peer's Finished is wrong"),
		alert.SigningFailed.Wrap(cause, "signing failed"),
		Refuse(alert.CertificateRevoked, "a chain of the wrong kind"),
		&PeerAlertError{Alert: alert.UnknownCA},
		ErrTruncated,
		cause,
		quicError(alert.WrongLevel.Errorf("the peer sent handshake data at the wrong level")),
		RefuseQUIC(0x1234, "the parameters are wrong"),
	} {
		f := handshake.NewFreezer(nil)
		freezeFailure(f, err)
		b, failed := f.Done()
		require.NoError(t, failed)
		thawer := handshake.NewThawer(&Config{}, snapshotFormat, b)
		got := thawFailure(thawer)
		require.NoError(t, thawer.Done())
		require.IsType(t, err, got)
		if err == nil {
			continue
		}
		require.Equal(t, err.Error(), got.Error())
		if want, ok := err.(*AlertError); ok {
			got := got.(*AlertError)
			require.Equal(t, want.Alert, got.Alert)
			require.Equal(t, want.Reason, got.Reason)
			require.Equal(t, want.Detail, got.Detail)
		}
	}
}
