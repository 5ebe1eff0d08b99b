# What dist/systemd says, as data.
# Written by `cargo xtask units`; change the table in xtask/src/units, not this.
{
  places = {
    agent = "/usr/bin/arch-node-agent";
    executor = "/usr/bin/arch-executor";
    prover = "/usr/bin/arch-prover";
    kill = "/usr/bin/kill";
    killInside = "+/usr/bin/kill";
    libraries = "-/lib -/lib64 -/usr/lib -/usr/lib64";
    librariesInside = "-+/lib -+/lib64 -+/usr/lib -+/usr/lib64";
    configuration = "arch";
    state = "archagent";
    runtime = "archagent";
  };
  units = {
    "arch-executor-wasm.service" = {
      Service = {
        AmbientCapabilities = "";
        BindPaths = "/var/cache/arch-executor-wasm";
        BindReadOnlyPaths = [
          "/usr/bin/arch-executor"
          "-/lib -/lib64 -/usr/lib -/usr/lib64"
        ];
        CacheDirectory = "arch-executor-wasm";
        CacheDirectoryMode = "0700";
        CapabilityBoundingSet = "";
        Delegate = "memory pids";
        DevicePolicy = "closed";
        ExecPaths = [
          "+/usr/bin/arch-executor"
          "-+/lib -+/lib64 -+/usr/lib -+/usr/lib64"
        ];
        ExecStart = "/usr/bin/arch-executor --wasm --cache /var/cache/arch-executor-wasm";
        Group = "archexecutor";
        IPAddressDeny = "any";
        KeyringMode = "private";
        LimitCORE = "0";
        LimitNOFILE = "65536";
        LockPersonality = "yes";
        NoExecPaths = [
          "+/"
          "+/var/cache/arch-executor-wasm +/run +/tmp +/var/tmp +/dev/shm"
        ];
        NoNewPrivileges = "yes";
        OOMPolicy = "continue";
        OOMScoreAdjust = "500";
        PrivateDevices = "yes";
        PrivateIPC = "yes";
        PrivateMounts = "yes";
        PrivateNetwork = "yes";
        PrivateTmp = "yes";
        PrivateUsers = "yes";
        ProcSubset = "pid";
        ProtectClock = "yes";
        ProtectControlGroups = "yes";
        ProtectHome = "yes";
        ProtectHostname = "yes";
        ProtectKernelLogs = "yes";
        ProtectKernelModules = "yes";
        ProtectKernelTunables = "yes";
        ProtectProc = "invisible";
        ProtectSystem = "strict";
        ReadOnlyPaths = "+/run";
        ReadWritePaths = "-+/sys/fs/cgroup/arch.slice/arch-executor-wasm.service";
        RemoveIPC = "yes";
        Restart = "no";
        RestrictAddressFamilies = "none";
        RestrictNamespaces = "yes";
        RestrictRealtime = "yes";
        RestrictSUIDSGID = "yes";
        RootDirectory = "/run/arch-root/executor-wasm";
        Slice = "arch.slice";
        SystemCallArchitectures = "native";
        SystemCallErrorNumber = "EPERM";
        SystemCallFilter = [
          "@system-service landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp"
          "~@privileged @resources @keyring @aio @memlock @mount open_tree unshare setns personality userfaultfd kcmp name_to_handle_at pidfd_getfd process_vm_readv process_vm_writev mq_open mq_unlink msgget semget shmget shmat"
          "~connect bind listen setsockopt"
        ];
        TasksMax = "1024";
        TimeoutStopSec = "10s";
        Type = "exec";
        UMask = "0077";
        User = "archexecutor";
      };
      Unit = {
        After = "arch-executor-wasm.socket";
        Description = "Arch wasm executor: runs what the agent admitted, a process for each job";
        Documentation = "man:arch-executor(8)";
        Requires = "arch-executor-wasm.socket";
        StartLimitIntervalSec = "0";
      };
    };
    "arch-executor-wasm.socket" = {
      Install = {
        WantedBy = "sockets.target";
      };
      Socket = {
        DirectoryMode = "0755";
        FileDescriptorName = "executor-wasm";
        ListenStream = "/run/archagent/executor-wasm.sock";
        RemoveOnStop = "yes";
        Service = "arch-executor-wasm.service";
        SocketGroup = "archagent";
        SocketMode = "0600";
        SocketUser = "archagent";
      };
      Unit = {
        Description = "Socket on which the Arch wasm executor waits for the agent";
      };
    };
    "arch-node-agent-metrics.socket" = {
      Install = {
        WantedBy = "sockets.target";
      };
      Socket = {
        DirectoryMode = "0755";
        FileDescriptorName = "metrics";
        ListenStream = "/run/archagent/metrics.sock";
        RemoveOnStop = "yes";
        Service = "arch-node-agent.service";
        SocketGroup = "archagent";
        SocketMode = "0666";
        SocketUser = "archagent";
      };
      Unit = {
        Description = "Metrics socket of the Arch node agent";
      };
    };
    "arch-node-agent.service" = {
      Install = {
        WantedBy = "multi-user.target";
      };
      Service = {
        AmbientCapabilities = "";
        BindPaths = [
          "/var/lib/archagent"
          "/run/archagent"
        ];
        BindReadOnlyPaths = [
          "/usr/bin/arch-node-agent"
          "/usr/bin/kill"
          "-/lib -/lib64 -/usr/lib -/usr/lib64"
          "/etc/arch"
          "-/run/systemd/notify -/run/systemd/journal"
        ];
        CapabilityBoundingSet = "";
        ConfigurationDirectory = "arch";
        ConfigurationDirectoryMode = "0755";
        DevicePolicy = "closed";
        ExecPaths = [
          "+/usr/bin/arch-node-agent"
          "+/usr/bin/kill"
          "-+/lib -+/lib64 -+/usr/lib -+/usr/lib64"
        ];
        ExecReload = "/usr/bin/kill -HUP $MAINPID";
        ExecStart = "/usr/bin/arch-node-agent --config /etc/arch --state /var/lib/archagent --executor /run/archagent/executor-wasm.sock";
        Group = "archagent";
        IPAddressDeny = "any";
        KeyringMode = "private";
        LimitCORE = "0";
        LimitNOFILE = "65536";
        LockPersonality = "yes";
        MemoryDenyWriteExecute = "yes";
        NoExecPaths = [
          "+/"
          "+/var/lib/archagent +/run +/tmp +/var/tmp +/dev/shm"
        ];
        NoNewPrivileges = "yes";
        NotifyAccess = "main";
        PrivateDevices = "yes";
        PrivateIPC = "yes";
        PrivateMounts = "yes";
        PrivateNetwork = "yes";
        PrivateTmp = "yes";
        PrivateUsers = "yes";
        ProcSubset = "pid";
        ProtectClock = "yes";
        ProtectControlGroups = "yes";
        ProtectHome = "yes";
        ProtectHostname = "yes";
        ProtectKernelLogs = "yes";
        ProtectKernelModules = "yes";
        ProtectKernelTunables = "yes";
        ProtectProc = "invisible";
        ProtectSystem = "strict";
        RemoveIPC = "yes";
        Restart = "on-failure";
        RestartPreventExitStatus = "2 78";
        RestartSec = "200ms";
        RestrictAddressFamilies = "AF_UNIX";
        RestrictNamespaces = "yes";
        RestrictRealtime = "yes";
        RestrictSUIDSGID = "yes";
        RootDirectory = "/run/arch-root/agent";
        RuntimeDirectory = "archagent";
        RuntimeDirectoryMode = "0755";
        RuntimeDirectoryPreserve = "yes";
        Slice = "arch.slice";
        Sockets = "arch-node-agent.socket arch-node-agent-metrics.socket";
        StateDirectory = "archagent";
        StateDirectoryMode = "0700";
        SystemCallArchitectures = "native";
        SystemCallErrorNumber = "EPERM";
        SystemCallFilter = [
          "@system-service landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp"
          "~@privileged @resources @keyring @aio @memlock @mount open_tree unshare setns personality userfaultfd kcmp name_to_handle_at pidfd_getfd process_vm_readv process_vm_writev mq_open mq_unlink msgget semget shmget shmat"
        ];
        TasksMax = "512";
        TimeoutStartSec = "90s";
        TimeoutStopSec = "30s";
        Type = "notify";
        UMask = "0077";
        User = "archagent";
        WatchdogSec = "30s";
      };
      Unit = {
        After = "arch-node-agent.socket arch-node-agent-metrics.socket arch-executor-wasm.socket arch-prover.socket time-set.target time-sync.target";
        Description = "Arch node agent: verifies, admits, schedules and anchors signed jobs";
        Documentation = "man:arch-node-agent(8)";
        Requires = "arch-node-agent.socket";
        StartLimitBurst = "10";
        StartLimitIntervalSec = "5min";
        Wants = "arch-node-agent-metrics.socket arch-executor-wasm.socket arch-prover.socket";
      };
    };
    "arch-node-agent.socket" = {
      Install = {
        WantedBy = "sockets.target";
      };
      Socket = {
        DirectoryMode = "0755";
        FileDescriptorName = "control";
        ListenStream = "/run/archagent/control.sock";
        RemoveOnStop = "yes";
        Service = "arch-node-agent.service";
        SocketGroup = "archagent";
        SocketMode = "0666";
        SocketUser = "archagent";
      };
      Unit = {
        Description = "Control socket of the Arch node agent";
      };
    };
    "arch-prover.service" = {
      Service = {
        AmbientCapabilities = "";
        BindReadOnlyPaths = [
          "/usr/bin/arch-prover"
          "-/lib -/lib64 -/usr/lib -/usr/lib64"
          "/var/lib/arch-circuits"
        ];
        CapabilityBoundingSet = "";
        DevicePolicy = "closed";
        ExecPaths = [
          "+/usr/bin/arch-prover"
          "-+/lib -+/lib64 -+/usr/lib -+/usr/lib64"
        ];
        ExecStart = "/usr/bin/arch-prover --keys /var/lib/arch-circuits";
        Group = "archprover";
        IPAddressDeny = "any";
        KeyringMode = "private";
        LimitCORE = "0";
        LimitNOFILE = "1024";
        LockPersonality = "yes";
        MemoryDenyWriteExecute = "yes";
        MemoryMax = "768M";
        NoExecPaths = [
          "+/"
          "+/var/lib/arch-circuits +/run +/tmp +/var/tmp +/dev/shm"
        ];
        NoNewPrivileges = "yes";
        OOMPolicy = "continue";
        OOMScoreAdjust = "500";
        PrivateDevices = "yes";
        PrivateIPC = "yes";
        PrivateMounts = "yes";
        PrivateNetwork = "yes";
        PrivateTmp = "yes";
        PrivateUsers = "yes";
        ProcSubset = "pid";
        ProtectClock = "yes";
        ProtectControlGroups = "yes";
        ProtectHome = "yes";
        ProtectHostname = "yes";
        ProtectKernelLogs = "yes";
        ProtectKernelModules = "yes";
        ProtectKernelTunables = "yes";
        ProtectProc = "invisible";
        ProtectSystem = "strict";
        ReadOnlyPaths = "+/run +/tmp +/var/tmp";
        RemoveIPC = "yes";
        Restart = "no";
        RestrictAddressFamilies = "none";
        RestrictNamespaces = "yes";
        RestrictRealtime = "yes";
        RestrictSUIDSGID = "yes";
        RootDirectory = "/run/arch-root/prover";
        Slice = "arch.slice";
        SystemCallArchitectures = "native";
        SystemCallErrorNumber = "EPERM";
        SystemCallFilter = [
          "@system-service landlock_create_ruleset landlock_add_rule landlock_restrict_self seccomp"
          "~@privileged @resources @keyring @aio @memlock @mount open_tree unshare setns personality userfaultfd kcmp name_to_handle_at pidfd_getfd process_vm_readv process_vm_writev mq_open mq_unlink msgget semget shmget shmat"
          "~connect bind listen memfd_create"
        ];
        TasksMax = "128";
        TimeoutStopSec = "10s";
        Type = "exec";
        UMask = "0077";
        User = "archprover";
      };
      Unit = {
        After = "arch-prover.socket";
        Description = "Arch prover: makes and checks Groth16 proofs, a process for each that it makes";
        Documentation = "man:arch-prover(8)";
        Requires = "arch-prover.socket";
        StartLimitIntervalSec = "0";
      };
    };
    "arch-prover.socket" = {
      Install = {
        WantedBy = "sockets.target";
      };
      Socket = {
        DirectoryMode = "0755";
        FileDescriptorName = "prover";
        ListenStream = "/run/archagent/prover.sock";
        RemoveOnStop = "yes";
        Service = "arch-prover.service";
        SocketGroup = "archagent";
        SocketMode = "0600";
        SocketUser = "archagent";
      };
      Unit = {
        Description = "Socket on which the Arch prover waits for the agent";
      };
    };
    "arch.slice" = {
      Slice = {
        CPUWeight = "50";
        IOWeight = "50";
        MemoryAccounting = "yes";
        TasksAccounting = "yes";
        TasksMax = "4096";
      };
      Unit = {
        Description = "All that the Arch node agent and its siblings use together";
      };
    };
  };
  since = {
    "253" = {
      "arch-node-agent.service" = {
        Service = {
          ExecReload = "";
          Type = "notify-reload";
        };
      };
    };
    "254" = {
      "arch-node-agent.service" = {
        Service = {
          RestartMaxDelaySec = "1min";
          RestartSteps = "8";
        };
      };
    };
    "257" = {
      "arch-node-agent.service" = {
        Service = {
          PrivateUsers = "identity";
        };
      };
    };
  };
  choices = {
    circuits = {
      "arch-prover.service" = {
        Service = {
          ExecStart = [
            ""
            "/usr/bin/arch-prover --keys /var/lib/arch-circuits --manifest /var/lib/arch-circuits/manifest.json"
          ];
        };
      };
    };
    control-users = {
      "arch-node-agent.service" = {
        Service = {
          PrivateUsers = "no";
        };
      };
    };
    dev-keys = {
      "arch-prover.service" = {
        Service = {
          BindPaths = "/var/cache/arch-prover";
          CacheDirectory = "arch-prover";
          CacheDirectoryMode = "0700";
          ExecStart = [
            ""
            "/usr/bin/arch-prover --keys /var/cache/arch-prover --allow-dev-keys"
          ];
        };
      };
    };
    node-key = {
      "arch-node-agent.service" = {
        Service = {
          LoadCredential = "node.key:arch.node.key";
        };
      };
    };
    node-key-encrypted = {
      "arch-node-agent.service" = {
        Service = {
          LoadCredentialEncrypted = "node.key:arch.node.key";
        };
      };
    };
  };
  users = {
    archagent = {
      description = "Arch node agent";
      home = "/var/lib/archagent";
    };
    archexecutor = {
      description = "Arch executor";
      home = "/var/empty";
    };
    archprover = {
      description = "Arch prover";
      home = "/var/empty";
    };
  };
  folders = [
    "d /etc/arch 0755 root root -"
    "d /etc/arch/jobs 0755 root root -"
    "d /etc/arch/modules 0755 root root -"
    "d /run/archagent 0755 archagent archagent -"
    "d /var/lib/archagent 0700 archagent archagent -"
    "d /var/cache/arch-executor-wasm 0700 archexecutor archexecutor -"
    "d /var/lib/arch-circuits 0755 root root -"
    "d /run/arch-root/agent 0755 root root -"
    "d /run/arch-root/agent/run 0755 root root -"
    "d /run/arch-root/agent/tmp 0755 root root -"
    "d /run/arch-root/agent/var/tmp 0755 root root -"
    "d /run/arch-root/agent/var/lib/archagent 0755 root root -"
    "d /run/arch-root/executor-wasm 0755 root root -"
    "d /run/arch-root/executor-wasm/run 0755 root root -"
    "d /run/arch-root/executor-wasm/tmp 0755 root root -"
    "d /run/arch-root/executor-wasm/var/tmp 0755 root root -"
    "d /run/arch-root/executor-wasm/var/cache/arch-executor-wasm 0755 root root -"
    "d /run/arch-root/prover 0755 root root -"
    "d /run/arch-root/prover/run 0755 root root -"
    "d /run/arch-root/prover/tmp 0755 root root -"
    "d /run/arch-root/prover/var/tmp 0755 root root -"
    "d /run/arch-root/prover/var/cache/arch-prover 0755 root root -"
  ];
  flags = [
    "NoNewPrivileges"
    "CapabilityBoundingSet"
    "AmbientCapabilities"
    "DynamicUser"
    "PrivateUsers"
    "PrivateNetwork"
    "RestrictAddressFamilies"
    "IPAddressDeny"
    "RestrictNamespaces"
    "RestrictSUIDSGID"
    "RestrictRealtime"
    "UMask"
    "RootDirectory"
    "BindReadOnlyPaths"
    "BindPaths"
    "ProtectSystem"
    "ProtectHome"
    "PrivateTmp"
    "PrivateMounts"
    "NoExecPaths"
    "ExecPaths"
    "ReadOnlyPaths"
    "PrivateDevices"
    "DevicePolicy"
    "ProtectClock"
    "ProtectHostname"
    "ProtectKernelLogs"
    "ProtectKernelModules"
    "ProtectKernelTunables"
    "ProtectControlGroups"
    "ReadWritePaths"
    "ProtectProc"
    "ProcSubset"
    "PrivatePIDs"
    "PrivateIPC"
    "RemoveIPC"
    "KeyringMode"
    "SystemCallArchitectures"
    "SystemCallFilter"
    "SystemCallErrorNumber"
    "MemoryDenyWriteExecute"
    "LockPersonality"
  ];
  off = {
    arch-node-agent = {
      DynamicUser = "state and socket belong to a user whose number stays, also in backups of the state";
      ReadOnlyPaths = "below /run are the sockets of the manager, and its own folder";
      ReadWritePaths = "nothing that is read-only above has to be written by it";
      PrivatePIDs = "as the first process of a namespace it would have to bury what its launcher leaves behind, and nobody has tried that yet";
    };
    arch-executor-wasm = {
      DynamicUser = "the operator grants its user the files that jobs may read, so it must stay";
      PrivatePIDs = "as the first process of a namespace it would not hear SIGTERM, for which it has no handler";
      MemoryDenyWriteExecute = "it compiles wasm to native code; a worker loses the right once its code is loaded";
    };
    arch-prover = {
      DynamicUser = "dev keys in its cache belong to a user whose number stays, where the operator allows them";
      BindPaths = "it writes nothing; the drop-in choice-dev-keys gives it a cache for the keys that it makes";
      ReadWritePaths = "nothing that is read-only above has to be written by it";
      PrivatePIDs = "as the first process of a namespace it would not hear SIGTERM, for which it has no handler";
    };
  };
}
