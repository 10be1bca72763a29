namespace Prebake.Development;

/// <summary>How the app was built, as the package's build files wrote it into its runtime configuration.</summary>
internal static class BuildConfiguration
{
    /// <summary>The app is a Debug build. A switch, so that a Release build trims away what only development needs.</summary>
    [System.Diagnostics.CodeAnalysis.FeatureSwitchDefinition("Prebake.Development")]
    public static bool IsDebug => AppContext.TryGetSwitch("Prebake.Development", out bool value) && value;
}
