# What a library of modules has to do for us, one small question each. answers.json is what the real
# one said (nixpkgs' lib, 26.11pre, June 2026); the miniature must say the same, byte for byte.
{ lib }:
let
  inherit (lib)
    mkDefault
    mkForce
    mkIf
    mkMerge
    mkOption
    types
    ;
  option = type: mkOption { inherit type; };
  values =
    modules:
    let
      found = removeAttrs (lib.evalModules { inherit modules; }).config [ "_module" ];
      tried = builtins.tryEval (builtins.deepSeq found found);
    in
    if tried.success then tried.value else "refused";
  # The value of one option of a type, from definitions that stand in modules of their own.
  one =
    type: definitions:
    values ([ { options.x = option type; } ] ++ map (x: { inherit x; }) definitions);
  with' = default: definitions: values (
    [
      {
        options.x = mkOption {
          type = types.listOf types.int;
          inherit default;
        };
      }
    ]
    ++ definitions
  );
  inner = types.submodule (
    { config, ... }:
    {
      freeformType = types.attrsOf types.anything;
      options.size = option types.ints.positive;
      options.name = mkOption {
        type = types.str;
        default = "n${toString config.size}";
      };
      options.deep.er = mkOption {
        type = types.nullOr types.int;
        default = null;
      };
    }
  );
  kinds = {
    inherit (types)
      anything
      bool
      float
      int
      package
      path
      port
      raw
      str
      ;
    positive = types.ints.positive;
    unsigned = types.ints.unsigned;
    between = types.ints.between 2 3;
    matching = types.strMatching "a+|b";
    enum = types.enum [
      "a"
      2
    ];
    maybe = types.nullOr types.int;
    either = types.either types.int (types.listOf types.str);
    oneOf = types.oneOf [
      types.bool
      types.int
      types.str
    ];
    list = types.listOf types.int;
    attrs = types.attrsOf types.int;
    submodule = inner;
  };
  samples = {
    null = null;
    yes = true;
    zero = 0;
    two = 2;
    big = 70000;
    negative = -1;
    fraction = 0.5;
    word = "a";
    words = "aab";
    place = "/a";
    list = [
      1
      2
    ];
    texts = [ "a" ];
    attrs.a = 1;
    nested.a.b = 1;
    inner.size = 2;
    more = {
      size = 2;
      other = "o";
      deep.est = [ 1 ];
    };
    package = {
      type = "derivation";
      name = "p";
      outPath = "/p";
    };
  };
in
{
  # Every type with every sample. A submodule takes a place for a file to be read, which none is.
  types = lib.mapAttrs (_: type: lib.mapAttrs (_: sample: one type [ sample ]) samples) (
    removeAttrs kinds [ "submodule" ]
  );
  submodule = lib.mapAttrs (_: sample: one inner [ sample ]) (removeAttrs samples [ "place" ]);

  twice = lib.mapAttrs (_: type: {
    same = one type [
      2
      2
    ];
    other = one type [
      2
      3
    ];
    lists = one type [
      [ 1 ]
      [ 2 ]
    ];
    sets = one type [
      { a = 1; }
      { b = 2; }
    ];
    clash = one type [
      { a = 1; }
      { a = 2; }
    ];
    nulls = one type [
      null
      2
    ];
  }) kinds;

  priorities = {
    default = with' [ 0 ] [ ];
    over = with' [ 0 ] [ { x = [ 1 ]; } ];
    weak = with' [ 0 ] [ { x = mkDefault [ 1 ]; } ];
    weaker = with' [ 0 ] [
      { x = mkDefault [ 1 ]; }
      { x = [ 2 ]; }
    ];
    forced = with' [ 0 ] [
      { x = mkForce [ 1 ]; }
      { x = [ 2 ]; }
    ];
    both = with' [ 0 ] [
      { x = [ 1 ]; }
      { x = [ 2 ]; }
      { x = mkMerge [
        [ 3 ]
        (mkIf false [ 4 ])
        (mkIf true [ 5 ])
      ]; }
    ];
    unasked = values [
      {
        options.x = mkOption {
          type = types.int;
          default = throw "nobody asks";
        };
      }
      { x = mkDefault 1; }
    ];
    none = one types.int [ ];
    nothing = one types.int [ (mkIf false 1) ];
    twice = one types.int [
      (mkForce (mkDefault 1))
      2
    ];
  };

  modules = {
    imports = with' [ ] [
      {
        imports = [
          { x = [ 1 ]; }
          { imports = [ { x = [ 2 ]; } ]; }
        ];
        x = [ 3 ];
      }
      { x = [ 4 ]; }
    ];
    unknown = values [ { y = 1; } ];
    unknownUnderIf = values [
      { options.a.b = option types.int; }
      (mkIf false { a.c = 1; })
      { a.b = 1; }
    ];
    ifAround = values [
      {
        options.on = option types.bool;
        options.a.b = mkOption {
          type = types.int;
          default = 0;
        };
      }
      (
        { config, ... }:
        {
          config = mkIf config.on { a.b = 5; };
        }
      )
      { on = true; }
    ];
    forcedSet = values [
      { options.a.b = option types.int; }
      { a = mkForce { b = 1; }; }
      { a.b = 2; }
    ];
    merged = values [
      { options.a.b = option types.int; }
      { options.a.c = option types.int; }
      {
        config = mkMerge [
          { a.b = 1; }
          { a.c = 2; }
        ];
      }
    ];
    dependent = values [
      (
        { config, lib, ... }:
        {
          options.a = option types.int;
          options.b = option types.int;
          config.b = config.a + 1;
        }
      )
      { a = 1; }
    ];
    attrsOfSubmodules = one (types.attrsOf inner) [
      { p.size = 1; }
      {
        p.name = mkDefault "weak";
        q = {
          size = 2;
          more = true;
        };
      }
      (mkIf false { r.size = 3; })
      { s = mkIf false { size = 4; }; }
    ];
  };

  functions = {
    splitString = map (lib.splitString ".") [
      ""
      "a"
      "a.b..c"
    ];
    brackets = lib.splitString ":" "[::]:7340";
    hasPrefix = map (lib.hasPrefix "ab") [
      "a"
      "ab"
      "abc"
      "xab"
    ];
    hasInfix = map (lib.hasInfix "b.") [
      "ab"
      "ab."
      "abc"
    ];
    toInt = lib.toInt "7340";
    last = lib.last [
      1
      2
    ];
    toList = [
      (lib.toList 1)
      (lib.toList [ 1 ])
    ];
    versionAtLeast = map (v: lib.versionAtLeast v "253") [
      "252.31"
      "253"
      "253.1"
      "260~rc1"
      "25"
    ];
    filterAttrs = lib.filterAttrs (name: value: name == "a" || value == 2) {
      a = 1;
      b = 2;
      c = 3;
    };
    renamed =
      lib.mapAttrs'
        (name: value: {
          name = "${name}x";
          value = value + 1;
        })
        {
          a = 1;
          b = 2;
        };
    numbered = lib.imap1 (number: value: "${toString number}${value}") [
      "a"
      "b"
    ];
    toLower = lib.toLower "Service-X 1";
    paths = [
      (lib.setAttrByPath [ "a" "b" ] 1)
      (lib.attrByPath [ "a" "b" ] 0 { a.b = 1; })
      (lib.attrByPath [ "a" "c" ] 0 { a.b = 1; })
    ];
    optional = [
      (lib.optional true 1)
      (lib.optionals false [ 1 ])
      (lib.optionalAttrs true { a = 1; })
      (lib.optionalString false "a")
    ];
    program = lib.getExe' samples.package "x";
    mapped = lib.mapAttrsToList (name: value: "${name}${toString value}") {
      b = 1;
      a = 2;
    };
  };
}
