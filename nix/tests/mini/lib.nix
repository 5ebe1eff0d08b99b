# A miniature of the part of nixpkgs' lib that our modules use, so that they can be evaluated where
# there is no nixpkgs. Written by us; nix/tests/sample says how it is known to be like the real one.
let
  inherit (builtins)
    all
    any
    attrNames
    concatLists
    concatMap
    concatStringsSep
    elem
    filter
    foldl'
    head
    isAttrs
    isBool
    isFloat
    isFunction
    isInt
    isList
    isPath
    isString
    length
    listToAttrs
    mapAttrs
    match
    ;
  is = type: value: isAttrs value && (value._type or "") == type;
  show = concatStringsSep ".";
  stringLike = value: isString value || isPath value || (isAttrs value && value ? outPath);
  startsWithSlash = value: stringLike value && builtins.substring 0 1 (toString value) == "/";

  # ---- properties: if, merge, override ----
  mkOverride = priority: content: {
    _type = "override";
    inherit priority content;
  };

  # One definition as the values that are left when conditions are judged.
  discharge =
    value:
    if is "if" value then
      (if value.condition then discharge value.content else [ ])
    else if is "merge" value then
      concatMap discharge value.contents
    else
      [ value ];

  # The same for a set of definitions, without judging any condition: it may depend on a value that
  # is only asked for further in.
  pushDown =
    value:
    if is "if" value then
      map (mapAttrs (
        _: content: {
          _type = "if";
          inherit (value) condition;
          inherit content;
        }
      )) (pushDown value.content)
    else if is "merge" value then
      concatMap pushDown value.contents
    else if is "override" value then
      map (mapAttrs (_: mkOverride value.priority)) (pushDown value.content)
    else
      [ value ];

  # Values of one option: conditions judged, and of all priorities the strongest. What is not among
  # them is not looked at.
  strongest =
    definitions:
    let
      ranked = concatMap (
        definition:
        concatMap (
          value:
          if is "override" value then
            [ value ]
          else
            [
              {
                priority = 100;
                content = value;
              }
            ]
        ) (discharge definition)
      ) definitions;
      best = foldl' (least: one: if one.priority < least then one.priority else least) 9999 ranked;
    in
    map (one: one.content) (filter (one: one.priority == best) ranked);

  merged =
    type: loc: definitions:
    let
      values = strongest definitions;
    in
    if values == [ ] then
      throw "the option `${show loc}' is used and has no value"
    else if !all type.check values then
      throw "a value of the option `${show loc}' is not of type ${type.name}"
    else
      type.merge loc values;

  # ---- types ----
  same =
    loc: values:
    if all (value: value == head values) values then
      head values
    else
      throw "the option `${show loc}' has values that contradict each other";
  one =
    loc: values:
    if length values == 1 then
      head values
    else
      throw "the option `${show loc}' is set more than once";
  plain = name: check: {
    _type = "option-type";
    inherit name check;
    merge = same;
    getSubOptions = _: { };
  };
  attrsOf =
    type:
    plain "attribute set of ${type.name}" isAttrs
    // {
      merge =
        loc: values:
        let
          sets = concatMap pushDown values;
          defined = name: concatMap (set: if set ? ${name} then [ set.${name} ] else [ ]) sets;
          present = name: strongest (defined name) != [ ];
          every = attrNames (foldl' (one: other: one // other) { } sets);
        in
        listToAttrs (
          map (name: {
            inherit name;
            value = merged type (loc ++ [ name ]) (defined name);
          }) (filter present every)
        );
    };
  anything = plain "anything" (_: true) // {
    merge =
      loc: values:
      if all (value: isAttrs value && !(value ? outPath)) values then
        (attrsOf anything).merge loc values
      else
        same loc values;
  };
  either =
    one: other:
    plain "${one.name} or ${other.name}" (value: one.check value || other.check value)
    // {
      merge = loc: values: if all one.check values then one.merge loc values else other.merge loc values;
    };
  types = {
    inherit anything attrsOf either;
    bool = plain "boolean" isBool;
    int = plain "integer" isInt;
    float = plain "float" isFloat;
    str = plain "string" isString;
    raw = plain "raw" (_: true) // {
      merge = one;
    };
    port = plain "port" (value: isInt value && value >= 0 && value <= 65535);
    path = plain "path" startsWithSlash;
    package = plain "package" (value: isAttrs value && (value.type or "") == "derivation") // {
      merge = one;
    };
    ints = {
      positive = plain "positive integer" (value: isInt value && value > 0);
      unsigned = plain "unsigned integer" (value: isInt value && value >= 0);
      between = low: high: plain "integer" (value: isInt value && value >= low && value <= high);
    };
    strMatching = pattern: plain "string matching ${pattern}" (v: isString v && match pattern v != null);
    enum = values: plain "one of a few" (value: elem value values);
    nullOr =
      type:
      plain "null or ${type.name}" (value: value == null || type.check value)
      // {
        merge =
          loc: values:
          if all (value: value == null) values then
            null
          else if any (value: value == null) values then
            throw "the option `${show loc}' is null and something else"
          else
            type.merge loc values;
      };
    oneOf = list: foldl' either (head list) (builtins.tail list);
    listOf =
      type:
      plain "list of ${type.name}" isList
      // {
        merge = loc: values: map (value: merged type loc [ value ]) (concatLists values);
      };
    submodule =
      module:
      plain "submodule" (value: isAttrs value || isFunction value)
      // {
        getSubOptions =
          prefix:
          (evalModules {
            modules = [ module ];
            inherit prefix;
          }).options;
        merge =
          loc: values:
          (evalModules {
            modules = [ module ] ++ map (config: { inherit config; }) values;
            prefix = loc;
          }).config;
      };
  };

  # ---- modules ----
  reversed = foldl' (list: one: [ one ] ++ list) [ ];
  evalModules =
    {
      modules,
      specialArgs ? { },
      prefix ? [ ],
    }:
    let
      load =
        module:
        let
          loaded = if isPath module || isString module then import module else module;
        in
        if isFunction loaded then loaded (specialArgs // { inherit lib config options; }) else loaded;
      # Those that import come before all that they import; definitions count from the last to the
      # first, which shows in lists.
      closure =
        modules: if modules == [ ] then [ ] else modules ++ closure (concatMap imports modules);
      imports = module: map load (module.imports or [ ]);
      loaded = closure (map load modules);

      both =
        one: other:
        one
        // mapAttrs (
          name: value: if one ? ${name} && !is "option" value then both one.${name} value else value
        ) other;
      options = foldl' both { } (map (module: module.options or { }) loaded);
      freeform = foldl' (found: module: module.freeformType or found) null loaded;
      definitions = map (
        module:
        if module ? config || module ? options || module ? freeformType then
          module.config or { }
        else
          removeAttrs module [
            "_class"
            "_file"
            "imports"
            "key"
            "meta"
          ]
      ) (reversed loaded);

      # Values of all options below a place; what no option is there for goes to the free form.
      walk =
        loc: below: given:
        let
          sets = concatMap pushDown given;
          defined = name: concatMap (set: if set ? ${name} then [ set.${name} ] else [ ]) sets;
          value =
            name: option:
            let
              fallback = if option ? default then [ (mkOverride 1500 option.default) ] else [ ];
            in
            if is "option" option then
              merged option.type (loc ++ [ name ]) (defined name ++ fallback)
            else
              walk (loc ++ [ name ]) option (defined name);
          others = filter (name: !(below ? ${name})) (concatMap attrNames sets);
          unknown = show (loc ++ [ (head others) ]);
        in
        (
          if others == [ ] then
            { }
          else if freeform == null then
            throw "the option `${unknown}' does not exist"
          else
            freeform.merge loc (map (set: removeAttrs set (attrNames below)) sets)
        )
        // mapAttrs value below;
      config = walk prefix options definitions;
    in
    {
      inherit config options;
    };

  mkOption = option: option // { _type = "option"; };
  optionals = condition: list: if condition then list else [ ];
  hasPrefix = prefix: text: builtins.substring 0 (builtins.stringLength prefix) text == prefix;
  splitString = by: text: filter isString (builtins.split (escape by) text);
  escape = builtins.replaceStrings [ "." "[" ] [ "[.]" "[[]" ];

  chars = text: filter (c: c != "" && isString c) (concatLists (filter isList (builtins.split "(.)" text)));

  lib = {
    inherit
      all
      any
      concatMap
      concatStringsSep
      elem
      evalModules
      filter
      foldl'
      hasPrefix
      isAttrs
      isList
      length
      mapAttrs
      mkOption
      mkOverride
      optionals
      splitString
      types
      ;
    inherit (builtins) replaceStrings;
    mkEnableOption =
      what:
      mkOption {
        type = types.bool;
        default = false;
        description = "Whether to enable ${what}.";
      };
    mkPackageOption =
      pkgs: name: _:
      mkOption {
        type = types.package;
        default = pkgs.${name} or (throw "${name} cannot be found in pkgs");
        defaultText = lib.literalExpression "pkgs.${name}";
        description = "The ${name} package to use.";
      };
    mkIf = condition: content: {
      _type = "if";
      inherit condition content;
    };
    mkMerge = contents: {
      _type = "merge";
      inherit contents;
    };
    mkDefault = mkOverride 1000;
    mkForce = mkOverride 50;
    literalExpression = text: { _type = "literalExpression"; inherit text; };
    optional = condition: value: optionals condition [ value ];
    optionalString = condition: text: if condition then text else "";
    optionalAttrs = condition: set: if condition then set else { };
    filterAttrs =
      keep: set:
      removeAttrs set (filter (name: !keep name set.${name}) (attrNames set));
    mapAttrs' = change: set: listToAttrs (map (name: change name set.${name}) (attrNames set));
    mapAttrsToList = change: set: map (name: change name set.${name}) (attrNames set);
    toList = value: if isList value then value else [ value ];
    imap1 =
      change: list:
      builtins.genList (number: change (number + 1) (builtins.elemAt list number)) (length list);
    last = list: builtins.elemAt list (length list - 1);
    toInt = builtins.fromJSON;
    toLower = builtins.replaceStrings (chars "ABCDEFGHIJKLMNOPQRSTUVWXYZ") (chars "abcdefghijklmnopqrstuvwxyz");
    hasInfix = part: text: length (splitString part text) > 1;
    versionAtLeast = version: least: builtins.compareVersions version least >= 0;
    getExe' = package: name: "${package}/bin/${name}";
    attrByPath =
      path: fallback: set:
      if path == [ ] then
        set
      else if set ? ${head path} then
        lib.attrByPath (builtins.tail path) fallback set.${head path}
      else
        fallback;
    setAttrByPath =
      path: value:
      if path == [ ] then value else { ${head path} = lib.setAttrByPath (builtins.tail path) value; };
  };
in
lib
