//go:build !race

package race

// Enabled says that this is a build with -race.
const Enabled = false
