# Every option with its description, type and default, for the tests and for docs/NIX.md.
{ lib, pkgs }:
let
  isOption = value: (value._type or "") == "option";
  children = option: removeAttrs (option.type.getSubOptions [ ]) [ "_module" "_freeformOptions" ];
  below =
    path: set:
    lib.concatMap (
      name:
      let
        value = set.${name};
        here = path ++ [ name ];
        inner = children value;
      in
      if !isOption value then
        below here value
      else if inner != { } then
        below here inner
      else
        [
          {
            name = lib.concatStringsSep "." here;
            description = value.description or "";
            default =
              if value ? defaultText then
                value.defaultText.text or value.defaultText
              else if value ? default then
                builtins.toJSON value.default
              else
                "";
          }
        ]
    ) (builtins.attrNames set);
  evaluated = lib.evalModules {
    specialArgs = { inherit pkgs; };
    modules = [
      ./mini/stubs.nix
      ../module
    ];
  };
in
below [ ] evaluated.options.services.archNodeAgent
