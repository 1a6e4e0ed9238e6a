import EdgeCollector

/// What `--help` prints.
enum Help {
    static let version = "waystation-edge 0.1.0"

    static let overview = """
        \(version): collects JSON streams on a small machine, keeps them through outages and power
        cuts, and uploads them signed and compressed.

        USAGE: waystation-edge COMMAND [--config FILE]

        COMMANDS:
          enroll   join a fleet with a token from 'waystation-cloud device invite'; once per device
          check    read the configuration and the stream files and say all that is wrong with them
          run      collect until SIGTERM or SIGINT
          export   write the batches that wait as files, to be carried to the cloud by hand
          status   say what the device has kept, sent and seen; works while it runs and while it does not
          tail     print scored events as they come

        OPTIONS of every command:
          --config FILE   the configuration (default: \(EdgeConfiguration.usualPath))
          -h, --help      'waystation-edge COMMAND --help' says more about a command
          --version       print the version

        EXIT STATUS: 0 done, 1 failed, 64 wrong command line, 78 wrong configuration.
        """

    static let commands = [
        "run": """
        Collect the configured streams until SIGTERM or SIGINT.

        USAGE: waystation-edge run [--config FILE]

        Events are compressed and written to the spool in the state directory within a second, sealed into
        signed batches and uploaded; a batch leaves the spool when the cloud's signed receipt for it has come.
        While the cloud is out of reach, batches wait in the spool up to its quota; at the quota reading stops
        where the stream can be resumed, or the oldest make room ([spool] overflow). The device has to be
        enrolled first. One process runs per state directory.

        With [local] in the configuration, scored events are sent on a Unix socket and metrics are served to a
        Prometheus on this machine; `listening metrics HOST:PORT` is then printed. Under systemd, readiness, a
        sentence and the watchdog go to NOTIFY_SOCKET (Type=notify).

        On SIGHUP the configuration is read again, all or nothing: where anything in it is wrong, that is logged and
        the edge goes on as it was. Everything may change but the state directory. What is in memory is sealed
        first, and the streams are connected anew.

        On SIGTERM and SIGINT everything in memory is written down and sealed; the exit status is then 0.
        Log entries go to standard error, one line each; [log] level in the configuration sets how many.
        """,
        "check": """
        Read the configuration and the stream files and print all that is wrong with them, one
        'FILE:LINE: sentence' a line. The exit status is 0 where nothing is.

        USAGE: waystation-edge check [--config FILE]
        """,
        "enroll": """
        Join a fleet.

        USAGE: waystation-edge enroll --token TOKEN [--url URL] [--name NAME] [--config FILE]

          --token TOKEN   what 'waystation-cloud device invite' printed; it counts once, for 24 hours
          --url URL       the cloud's address, https://HOST:PORT (default: [cloud] url of the configuration)
          --name NAME     a label for people (default: [edge] name of the configuration)

        Makes the device's key in the state directory, if there is none yet, and keeps what the cloud grants:
        the fleet, the authority of the cloud's certificate, and the keys that sign receipts and models. The
        token says which certificate to believe until then. May be repeated with a new token; the device stays
        the same. A running edge has to be stopped before.
        """,
        "export": """
        Write the sealed batches that wait for the cloud as files, to be carried to it by hand.

        USAGE: waystation-edge export --to DIR [--config FILE]

          --to DIR   the folder, such as one on a USB stick; made where it is missing

        Works while the edge runs and while it does not, and changes nothing in the spool. Each file is named
        DEVICE-EPOCH-SEQUENCE.batch and is there whole or not at all; one that is there already is left as it
        is. 'waystation-cloud import DIR' takes them. A batch leaves the spool when the device next reaches the
        cloud, which then answers that it has it. What is not sealed yet is not written: a batch is sealed after
        [spool] seal-interval, or when the edge is stopped.
        """,
        "status": """
        Print what the device has kept, sent and seen.

        USAGE: waystation-edge status [--json] [--config FILE]

          --json   one line of JSON, for programs; its keys are listed below

        device, name, fleet, cloud   who it is, as enrolled
        running                      whether a process holds the state directory
        in memory                    only while what the cloud takes at once is not written down (durability =
                                     when-offline): what follows is up to two minutes old then
        epoch                        the epoch batches are sealed under, and the last sequence in it
        backlog                      batches that wait for their receipt, and the bytes of their frames
        sealed, acknowledged         batches since the spool was made
        dead letters                 batches the cloud refused and messages that are none, as far as they are
                                     kept; the last one's time and reason
        quiet hours                  as configured, and until when nothing is uploaded or why they are not kept
        last contact, last error     with the cloud, in UTC
        stream NAME                  events since the spool was made, resume point and active model of each stream

        Keys of --json; each is there always, times are milliseconds since 1970, what is not known is null:
        device, name, fleet, cloud, running, holding (true or false: 'in memory'), epoch, sequence,
        backlog {batches, bytes}, sealed, acknowledged, dead_letters, last_contact_ms,
        last_error (null or {at_ms, text}), streams: a list of
        {stream, events, malformed, put_aside, last_event_ms, resume_ms, model_version,
        rejected_models: a list of {version, reason}}.
        """,
        "tail": """
        Print scored events as they come, a line of JSON each, until SIGINT, SIGTERM or the end of whoever reads.

        USAGE: waystation-edge tail [--stream NAME] [--config FILE]

          --stream NAME   only the events of that stream

        {"stream": NAME, "score": PROBABILITY, "model": VERSION, "event": the event as it came}; score and model are
        null without a model. Where the output is too slow, lines are left out and {"dropped": N} stands there
        instead. The edge has to run, with [local] socket in its configuration. The exit status is 1 when the
        edge ends.
        """,
    ]
}
