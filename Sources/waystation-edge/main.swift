import Glibc

exit(EdgeCommand.main(Array(CommandLine.arguments.dropFirst())))
