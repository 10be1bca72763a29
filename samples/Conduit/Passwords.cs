using System.Globalization;
using System.Security.Cryptography;

namespace Samples.Conduit;

/// <summary>Passwords as they are stored: PBKDF2 with a salt of their own, and the number of rounds in front.</summary>
internal sealed class Passwords(int rounds)
{
    private const int SaltBytes = 16, HashBytes = 32;

    // A hash takes a processor for a tenth of a second and more: never on an event loop, and never on all processors
    private readonly SemaphoreSlim _turn = new(Math.Max(1, Environment.ProcessorCount / 2));

    public Task<string> HashAsync(string password) => WorkAsync(() =>
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return string.Create(CultureInfo.InvariantCulture,
            $"{rounds}.{Convert.ToBase64String(salt)}.{Convert.ToBase64String(Derive(password, salt, rounds))}");
    });

    /// <summary>Whether it is the password of this hash; without a hash it is not, after as long a time.</summary>
    public Task<bool> VerifyAsync(string password, string? hash) => WorkAsync(() =>
    {
        string[] parts = hash?.Split('.') ?? [$"{rounds}", "", ""];
        byte[] derived = Derive(
            password, Convert.FromBase64String(parts[1]), int.Parse(parts[0], CultureInfo.InvariantCulture));
        return CryptographicOperations.FixedTimeEquals(derived, Convert.FromBase64String(parts[2]));
    });

    private static byte[] Derive(string password, byte[] salt, int rounds) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, rounds, HashAlgorithmName.SHA256, HashBytes);

    private async Task<T> WorkAsync<T>(Func<T> work)
    {
        await _turn.WaitAsync();
        try
        {
            return await Task.Run(work);
        }
        finally
        {
            _turn.Release();
        }
    }
}
