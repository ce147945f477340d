package handshake

import "github.com/tlsengine/tlsengine/group"

// ParseSupportedGroups parses the supported_groups extension of either
// version. The list aliases data. Groups listed twice are let pass.
//
//	struct {
//	    NamedGroup named_group_list<2..2^16-1>;
//	} NamedGroupList;
//
// RFC 9846, Section 4.3.7.
func ParseSupportedGroups(data []byte) (List16[group.ID], error) {
	return parseCodes[group.ID](ExtSupportedGroups, data)
}

// AppendSupportedGroups appends the supported_groups extension.
func AppendSupportedGroups(x Extensions, groups List16[group.ID]) Extensions {
	return appendOpaque16(x, ExtSupportedGroups, groups)
}
