package cipher

const (
	// "For AES-GCM, up to 2^24.5 full-size records (about 24 million) may be
	// encrypted under a given set of keys while keeping a safety margin of
	// approximately 2^-57" RFC 9846, Section 5.5.
	gcmRecords = 23_726_566

	// "For AEAD_AES_128_GCM and AEAD_AES_256_GCM, the integrity limit is 2^52
	// invalid packets" RFC 9001, Section 6.6.
	gcmForgeries = 1 << 52

	// "For AEAD_CHACHA20_POLY1305, the integrity limit is 2^36 invalid
	// packets" RFC 9001, Section 6.6.
	chachaForgeries = 1 << 36
)

// table holds the suites in order of preference.
var table = [...]Suite{
	{
		name: "TLS_AES_128_GCM_SHA256", ID: TLS_AES_128_GCM_SHA256,
		Version: VersionTLS13, Hash: SHA256,
		New: newAES128GCM, KeyLen: 16, IVLen: 12,
		ConfidentialityLimit: gcmRecords, IntegrityLimit: gcmForgeries,
	},
	{
		name: "TLS_AES_256_GCM_SHA384", ID: TLS_AES_256_GCM_SHA384,
		Version: VersionTLS13, Hash: SHA384,
		New: newAES256GCM, KeyLen: 32, IVLen: 12,
		ConfidentialityLimit: gcmRecords, IntegrityLimit: gcmForgeries,
	},
	{
		name: "TLS_CHACHA20_POLY1305_SHA256", ID: TLS_CHACHA20_POLY1305_SHA256,
		Version: VersionTLS13, Hash: SHA256,
		New: newChaCha20Poly1305, KeyLen: 32, IVLen: 12,
		IntegrityLimit: chachaForgeries,
	},
	{
		name: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", ID: TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
		Version: VersionTLS12, Hash: SHA256, Auth: AuthECDSA,
		New: newAES128GCM, KeyLen: 16, IVLen: 4, ExplicitNonce: 8,
		IntegrityLimit: gcmForgeries,
	},
	{
		name: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", ID: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		Version: VersionTLS12, Hash: SHA256, Auth: AuthRSA,
		New: newAES128GCM, KeyLen: 16, IVLen: 4, ExplicitNonce: 8,
		IntegrityLimit: gcmForgeries,
	},
	{
		name: "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", ID: TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
		Version: VersionTLS12, Hash: SHA384, Auth: AuthECDSA,
		New: newAES256GCM, KeyLen: 32, IVLen: 4, ExplicitNonce: 8,
		IntegrityLimit: gcmForgeries,
	},
	{
		name: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", ID: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		Version: VersionTLS12, Hash: SHA384, Auth: AuthRSA,
		New: newAES256GCM, KeyLen: 32, IVLen: 4, ExplicitNonce: 8,
		IntegrityLimit: gcmForgeries,
	},
	{
		name: "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", ID: TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
		Version: VersionTLS12, Hash: SHA256, Auth: AuthECDSA,
		New: newChaCha20Poly1305, KeyLen: 32, IVLen: 12,
		IntegrityLimit: chachaForgeries,
	},
	{
		name: "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", ID: TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
		Version: VersionTLS12, Hash: SHA256, Auth: AuthRSA,
		New: newChaCha20Poly1305, KeyLen: 32, IVLen: 12,
		IntegrityLimit: chachaForgeries,
	},
}
