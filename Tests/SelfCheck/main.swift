import Glibc

exit(SelfCheck.main(Array(CommandLine.arguments.dropFirst())))
