//! The licenses, compressed; and icon, version and manifest of the program for Windows, which reads them from the .exe.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    pack_licenses()?;
    println!("cargo::rerun-if-changed=../assets/icon/nibble.ico");
    if env::var("CARGO_CFG_TARGET_OS").as_deref() != Ok("windows") {
        return Ok(());
    }
    winresource::WindowsResource::new()
        .set_icon("../assets/icon/nibble.ico")
        .set("ProductName", "Nibble")
        .set("FileDescription", "Nibble")
        .set("LegalCopyright", "Apache-2.0 OR MIT")
        .set_manifest(MANIFEST)
        .compile()
}

/// Compresses the licenses of the parts by others (DEFLATE), a tenth of their text; `platform/licenses.rs` reads them.
fn pack_licenses() -> io::Result<()> {
    let file = "../assets/licenses/parts.txt";
    println!("cargo::rerun-if-changed={file}");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    fs::write(Path::new(&out).join("parts"), miniz_oxide::deflate::compress_to_vec(&fs::read(file)?, 9))
}

/// Paths of more than 260 characters, UTF-8 for code pages, sharp text on every display, the system's own dialogs, no administrator.
const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <dependency><dependentAssembly>
    <assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0" processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/>
  </dependentAssembly></dependency>
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3"><security><requestedPrivileges>
    <requestedExecutionLevel level="asInvoker" uiAccess="false"/>
  </requestedPrivileges></security></trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1"><application>
    <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/>
  </application></compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3"><windowsSettings>
    <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2</dpiAwareness>
    <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
    <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
  </windowsSettings></application>
</assembly>
"#;
