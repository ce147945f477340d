package main

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
)

// source is a file of the module: its lines, and what its functions are called.
type source struct {
	lines [][]byte
	funcs []function
}

type function struct {
	name       string // as f or T.f
	start, end int    // lines
}

// readSource reads a file by its path in the module.
func readSource(root, path string) (*source, error) {
	text, err := os.ReadFile(filepath.Join(root, path))
	if err != nil {
		return nil, err
	}
	fset := token.NewFileSet()
	tree, err := parser.ParseFile(fset, path, text, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s := &source{lines: bytes.Split(text, []byte("\n"))}
	for _, decl := range tree.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok {
			s.funcs = append(s.funcs, function{funcName(f), fset.Position(f.Pos()).Line, fset.Position(f.End()).Line})
		}
	}
	return s, nil
}

func funcName(f *ast.FuncDecl) string {
	if f.Recv == nil {
		return f.Name.Name
	}
	typ := f.Recv.List[0].Type
	for {
		switch t := typ.(type) {
		case *ast.StarExpr:
			typ = t.X
		case *ast.IndexExpr:
			typ = t.X
		case *ast.Ident:
			return t.Name + "." + f.Name.Name
		default:
			return f.Name.Name
		}
	}
}

// function is the name of the one that a line is in.
func (s *source) function(line int) string {
	for _, f := range s.funcs {
		if f.start <= line && line <= f.end {
			return f.name
		}
	}
	return ""
}

// opening is the line that a block begins on: the condition, the case, or the
// first statement.
func (s *source) opening(b block) string {
	return strings.TrimSpace(string(s.lines[b.start.line-1]))
}
