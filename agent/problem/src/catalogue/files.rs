//! F: files of the machine.

area! {
    NOT_A_FILE = "ARCH-F001", "not a regular file",
        "the path is a folder, a FIFO, a device, a socket or a symbolic link",
        "put a regular file there";
    FILE_TOO_LARGE = "ARCH-F002", "the file is too large",
        "the file has more bytes than this kind of file may have",
        "make it smaller, or give large data by digest instead of inline";
    FILE_ABSENT = "ARCH-F003", "the file is not there",
        "the path is misspelt, or the file was removed before it could be read",
        "check the path and try again";
    FILE_EXPOSED = "ARCH-F004", "others have access to what must be ours alone",
        "a secret or a state folder belongs to another user or its mode is too open",
        "give it to the right user and take the rights of group and others away (`chmod go=`)";
    FILE_MACHINE = "ARCH-F005", "the machine refuses to read or write",
        "permissions, a full or failing disk, or a limit of the system",
        "read what the system says and mend that first";
    NOT_A_FOLDER = "ARCH-F006", "not a folder",
        "a file, a symbolic link or something else stands where a folder belongs",
        "put the folder itself there, not a link to it";
}
