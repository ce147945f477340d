// Package style holds tests only: the rules of the house that a program can
// check. They are about architecture, not taste.
package style
