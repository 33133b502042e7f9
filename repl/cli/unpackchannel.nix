# A channel, as nix-channel makes it: what is in the one directory of the archive src, under
# the name of the channel.
{ name, channelName, src }:

derivation {
  inherit name channelName src;
  builder = "builtin:unpack-channel";
  system = "builtin";
  preferLocalBuild = true;
}
