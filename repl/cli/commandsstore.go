package cli

import "slices"

// storeCommands are those of nix store.
func storeCommands() []command {
	commands := []command{
		{name: "store gc", run: runStoreGC,
			summary: "Delete what no root leads to.",
			flags:   []flag{dryRunFlag, jsonFlag, maxFreedFlag("--max")}},
		{name: "store verify", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runStoreVerify,
			summary: "Check paths, or that the store is as its database says.",
			flags: slices.Concat([]flag{
				{[]string{"--check-contents"}, nil, "of the whole store: read and hash all files", on(func(inv *invocation) *bool { return &inv.checkContents })},
				{[]string{"--repair"}, nil, "of the whole store: make paths invalid whose files are gone, if nothing refers to them", on(func(inv *invocation) *bool { return &inv.repair })},
			}, verifyFlags(), installableFlags, sourceFlags, []flag{jsonFlag})},
		{name: "store info", run: runStoreInfo,
			summary: "Say which store it is, who writes it and what may be done to it.", flags: slices.Concat([]flag{jsonFlag}, prettyFlags)},
		{name: "store optimise", run: runStoreOptimise,
			summary: "Make files with the same contents hard links to one.", flags: []flag{jsonFlag}},
		{name: "store add", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreAdd,
			summary: "Copy a file or directory into the store.", flags: addToStoreFlags()},
		{name: "store add-file", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreAddFile,
			summary: "The same with --mode flat.", flags: addToStoreFlags()},
		{name: "store add-path", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreAdd,
			summary: "The same as store add.", flags: addToStoreFlags()},
		{name: "store ls", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreLs,
			summary: "List what is in a store path.", flags: lsFlags()},
		{name: "store cat", args: "PATH", minArgs: 1, maxArgs: 1, run: runStoreCat,
			summary: "Print a file in the store."},
		{name: "store dump-path", args: "STOREPATH|ATTRPATH", minArgs: 1, maxArgs: -1, run: runStoreDumpPath,
			summary: "Write the archive of a store path.", flags: slices.Concat(installableFlags, sourceFlags)},
		{name: "store delete", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runStoreDelete,
			summary: "Delete paths that nothing needs.", flags: slices.Concat(deleteFlags(), installableFlags, sourceFlags)},
		{name: "store repair", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runStoreRepair,
			summary: "Make paths anew that are damaged.", flags: slices.Concat(selectionFlags, installableFlags, sourceFlags)},
		{name: "store path-from-hash-part", args: "HASHPART", minArgs: 1, maxArgs: 1, run: runPathFromHashPart,
			summary: "Print the store path that begins with a hash part."},
		{name: "store diff-closures", args: "PATH PATH", minArgs: 2, maxArgs: 2, run: runStoreDiffClosures,
			summary: "Show the difference of two closures.", flags: slices.Concat(installableFlags[:1], sourceFlags)},
		{name: "store sign", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runStoreSign,
			summary: "Sign paths with a secret key.", flags: slices.Concat(signFlags, selectionFlags, installableFlags, sourceFlags)},
		{name: "store copy-sigs", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runStoreCopySigs,
			summary: "Copy the signatures of paths from other stores.", flags: slices.Concat(copySigsFlags, selectionFlags, installableFlags, sourceFlags)},
		{name: "store make-content-addressed", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runMakeContentAddressed,
			summary: "Copy paths, and what they refer to, to paths that are named after their contents.",
			flags:   slices.Concat(copyFlags, selectionFlags, installableFlags, prettyFlags, sourceFlags, []flag{jsonFlag})},
		{name: "store copy-log", args: "[STOREPATH|ATTRPATH...]", maxArgs: -1, run: runStoreCopyLog,
			summary: "Copy the logs of builds from one store to another.",
			flags:   slices.Concat(copyFlags, []flag{stdinFlag}, sourceFlags)},
		{name: "store prefetch-file", args: "URL", minArgs: 1, maxArgs: 1, run: runStorePrefetch,
			summary: "Add the file of this machine that is at a file:// URL to the store.",
			flags:   slices.Concat(prefetchFlags(), prefetchFileFlags(), prettyFlags)},
		{name: "key generate-secret", run: runKeyGenerate,
			summary: "Make a secret key that signs paths.", flags: keyNameFlags},
		{name: "key convert-secret-to-public", run: runKeyConvert,
			summary: "Print the public key of the secret key on standard input."},
		{name: "store rebuild-db", run: runStoreRebuild,
			summary: "Make the store's database anew from its journal and files.",
			flags:   []flag{dryRunFlag, jsonFlag}},
	}
	return append(commands, buildTraceCommands()...)
}

// hashCommands are those of nix hash and nix nar.
func hashCommands() []command {
	return []command{
		{name: "nar ls", args: "NAR PATH", minArgs: 2, maxArgs: 2, run: runNarLs,
			summary: "List what is in an archive.", flags: lsFlags()},
		{name: "nar cat", args: "NAR PATH", minArgs: 2, maxArgs: 2, run: runNarCat,
			summary: "Print a file in an archive."},
		{name: "nar pack", args: "PATH", minArgs: 1, maxArgs: 1, run: runNarPack,
			summary: "Write the archive of a file."},
		{name: "nar dump-path", args: "PATH", minArgs: 1, maxArgs: 1, run: runNarPack,
			summary: "The same as nar pack."},
		{name: "hash path", args: "PATH...", maxArgs: -1, run: runHashPath,
			summary: "Print the hash of the archive of files.", flags: hashPathFlags()},
		{name: "hash file", args: "PATH...", maxArgs: -1, run: runHashFile,
			summary: "Print the hash of the contents of files.", flags: hashFileFlags()},
		{name: "hash convert", args: "HASH...", maxArgs: -1, run: runHashConvert,
			summary: "Print hashes in another base.", flags: hashConvertFlags()},
		{name: "hash to-base16", args: "HASH...", maxArgs: -1, run: runHashTo(base16), summary: "Print hashes in base 16.", flags: []flag{hashAlgoFlag("--type")}},
		{name: "hash to-base32", args: "HASH...", maxArgs: -1, run: runHashTo(nix32), summary: "Print hashes in Nix's base 32.", flags: []flag{hashAlgoFlag("--type")}},
		{name: "hash to-base64", args: "HASH...", maxArgs: -1, run: runHashTo(base64), summary: "Print hashes in base 64.", flags: []flag{hashAlgoFlag("--type")}},
		{name: "hash to-sri", args: "HASH...", maxArgs: -1, run: runHashTo(sri), summary: "Print hashes in the form of subresource integrity.", flags: []flag{hashAlgoFlag("--type")}},
		{name: "nix-hash", args: "PATH|HASH...", maxArgs: -1, run: runNixHash,
			summary: "Hash files or convert hashes, with the flags of nix-hash.", flags: slices.Concat(nixHashFlags(), olderFlags)},
	}
}
