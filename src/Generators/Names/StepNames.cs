namespace Prebake.Generators.Names;

/// <summary>The names under which tests watch the steps.</summary>
internal static class StepNames
{
    public const string Parse = "Parse";
    public const string Routes = "Routes";
    public const string Json = "Json";
    public const string References = "References";
    public const string Files = "Files";
    public const string Options = "Options";
    public const string Tables = "Tables";
    public const string Checks = "Checks";
    public const string Emit = "Emit";
    public const string Serve = "Serve";
    public const string Main = "Main";
    public const string Sends = "Sends";

    public static readonly string[] All = [Parse, Routes, Json, References, Files, Options, Tables, Checks, Emit, Serve, Main, Sends];
}
