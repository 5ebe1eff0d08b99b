// Command read_yaml reads YAML as gopkg.in/yaml.v3 does and says where it differs from us. Lines in
// and out as in read_yaml.py. Go has no RFC 8785 writer in Debian, so values are compared, not bytes.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"reflect"

	"gopkg.in/yaml.v3"
)

// The value as JSON knows it: every number a float64.
func asJSON(value any) any {
	switch v := value.(type) {
	case int:
		return float64(v)
	case []any:
		list := make([]any, len(v))
		for i, item := range v {
			list[i] = asJSON(item)
		}
		return list
	case map[string]any:
		object := make(map[string]any, len(v))
		for key, item := range v {
			object[key] = asJSON(item)
		}
		return object
	}
	return value
}

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	out := json.NewEncoder(os.Stdout)
	count := 0
	for ; lines.Scan(); count++ {
		var line struct{ Yaml, Canonical string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		var theirs, ours any
		err := yaml.Unmarshal([]byte(line.Yaml), &theirs)
		if json.Unmarshal([]byte(line.Canonical), &ours) != nil || err != nil || !reflect.DeepEqual(asJSON(theirs), ours) {
			out.Encode(map[string]any{"differs": count, "by": "yaml.v3", "read": fmt.Sprintf("%#v %v", theirs, err)})
		}
	}
	if lines.Err() != nil {
		fmt.Fprintln(os.Stderr, lines.Err())
		os.Exit(2)
	}
	out.Encode(map[string]any{"read": count})
}
