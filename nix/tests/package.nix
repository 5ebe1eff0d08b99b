# What the package asks of nixpkgs, without a nixpkgs: the arguments, and what they name.
let
  lib = import ./stub/lib.nix;
  pkgs = import ./stub/pkgs.nix {
    inherit lib;
    system = "x86_64-linux";
  };
  package = pkgs.callPackage ../package.nix { };
  asked = package.arguments;
  root = ../..;
  workspace = builtins.fromTOML (builtins.readFile (root + "/Cargo.toml"));
  lock = builtins.fromTOML (builtins.readFile (root + "/Cargo.lock"));
  crates = map (member: (builtins.fromTOML (builtins.readFile (root + "/agent/${member}/Cargo.toml"))).package.name) (
    builtins.attrNames (builtins.readDir (root + "/agent"))
  );
  foreign = lib.filter (one: one ? source) lock.package;
  registry = "registry+https://github.com/rust-lang/crates.io-index";
  service = import ../service.nix;
  good = name: good: { inherit name good; };

  # A manager of modular services, with systemd or without.
  managed =
    beside: config:
    (lib.evalModules {
      modules = [
        {
          options.process.argv = lib.mkOption { type = lib.types.listOf lib.types.str; };
        }
        beside
        service
        { archNodeAgent = { package = (import ./mini/pkgs.nix).arch-node-agent; } // config; }
      ];
    }).config;
  systemd.options.systemd.service = lib.mkOption { type = lib.types.anything; };

  # The flake's module where nixpkgs has no package of ours.
  flake = (import ../../flake.nix).outputs {
    self = flake;
    nixpkgs = {
      inherit lib;
      legacyPackages = lib.genAttrs [ "x86_64-linux" "aarch64-linux" ] (_: pkgs);
    };
  };
  system =
    own:
    (lib.evalModules {
      specialArgs.pkgs = removeAttrs (import ./mini/pkgs.nix) [ "arch-node-agent" ] // {
        inherit (pkgs) callPackage;
      };
      modules = [
        ./mini/stubs.nix
        flake.nixosModules.default
        {
          systemd.package.version = "260";
          services.archNodeAgent = {
            enable = true;
            trustRoot.digest = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
          }
          // own;
        }
      ];
    }).config;
  start = own: (system own).systemd.services.arch-node-agent.serviceConfig.ExecStart;

  plain = managed { } { };
  under = (managed systemd { }).systemd.service;
in
[
  (good "the package is of the workspace's version" (
    asked.version == workspace.workspace.package.version && asked.pname == "arch-node-agent"
  ))
  (good "its lock file is there" (builtins.pathExists asked.cargoLock.lockFile))
  (good "every crate of others has a digest and comes from the registry" (
    builtins.length foreign > 100 && lib.all (one: one.source == registry && one ? checksum) foreign
  ))
  (good "the crates that it builds are there" (
    lib.all (name: lib.elem name crates) package.crates && builtins.length package.crates == 4
  ))
  (good "every crate that is built is named to cargo" (
    asked.cargoBuildFlags == lib.concatMap (name: [ "--package" name ]) package.crates
  ))
  (good "what it installs is there" (
    lib.all (file: builtins.pathExists (root + "/${file}") && lib.hasInfix file asked.postInstall) [
      "dist/completions/archctl.bash"
      "dist/completions/archctl.fish"
      "dist/completions/_archctl"
      "dist/node.yaml.example"
    ]
  ))
  (good "it says what it is and under which licence" (
    package.meta ? description && package.meta.license == "asl20" && package.meta.mainProgram == "archctl"
  ))
  (good "the overlay has it by the name that the module asks for" (
    (import ../overlay.nix pkgs { }).arch-node-agent.name == package.name
  ))
  (good "the flake's module brings its package, and takes another" (
    lib.hasPrefix "${package}/bin/arch-node-agent " (start { })
    && lib.hasPrefix "/usr/bin/arch-node-agent " (start {
      package = (import ./mini/pkgs.nix).arch-node-agent;
    })
  ))
  (good "a modular service runs the agent with its executor" (
    plain.process.argv == [
      "/usr/bin/arch-node-agent"
      "--config"
      "/etc/arch"
      "--state"
      "/var/lib/archagent"
      "--executor"
      "/usr/bin/arch-executor"
    ]
    && !(plain ? systemd)
  ))
  (good "a modular service takes a policy from elsewhere" (
    lib.elem "/srv/p.yaml" (managed { } { policyFile = "/srv/p.yaml"; }).process.argv
  ))
  (good "under systemd a modular service is confined as far as both programs can be" (
    under.serviceConfig.NoNewPrivileges == "yes"
    && under.serviceConfig.PrivateNetwork == "yes"
    && under.serviceConfig.Type == "notify-reload"
    && under.serviceConfig.StateDirectory == "archagent"
    && !(under.serviceConfig ? MemoryDenyWriteExecute)
    && !(under.serviceConfig ? RootDirectory)
    && !(under.serviceConfig ? ExecStart)
  ))
]
